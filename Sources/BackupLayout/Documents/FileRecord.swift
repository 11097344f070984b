internal import JSON

/// One file in the list of a checkpoint or of a bulk load.
package struct FileRecord: Equatable, Hashable, Sendable {
  static let keys = ["name", "size", "md5"]

  /// Without a directory.
  package var name: String
  /// Bytes.
  package var size: Int64
  /// 32 lower-case hexadecimal digits; empty where nobody computed it.
  package var md5: String

  package init(name: String, size: Int64, md5: String) {
    self.name = name
    self.size = size
    self.md5 = md5
  }

  init(_ fields: StoredFields) throws(DocumentError) {
    name = try fields.string("name")
    size = try fields.integer("size")
    md5 = try fields.string("md5")
  }

  var json: JSONValue { .object(["name": .string(name), "size": .integer(size), "md5": .string(md5)]) }

  /// True when the name can be used below a directory without leaving it.
  package var hasPlainName: Bool { Self.isPlain(name) }

  /// Whether a name from a document or a directory is just that: it leads nowhere else, and changes nothing on the terminal
  /// that shows it. A NUL byte would be the end of it for the system.
  package static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".."
      && name.unicodeScalars.allSatisfy { $0 != "/" && !StoredText.isControl($0) }
  }
}
