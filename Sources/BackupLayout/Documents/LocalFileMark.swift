package import JSON

/// What a `local_service` keeps of a file in a second one beside it, `.<name>.meta`. Pegasus 2.0–2.6: a file without its
/// mark does not exist for the servers.
package struct LocalFileMark: StoredDocument {
  package static let fileName = ".meta"
  package static let keys = ["md5", "size"]

  /// Bytes.
  package var size: Int64
  /// 32 lower-case hexadecimal digits.
  package var md5: String

  package init(size: Int64, md5: String) {
    self.size = size
    self.md5 = md5
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    size = try fields.integer("size")
    md5 = try fields.string("md5")
  }

  package var json: JSONValue { .object(["md5": .string(md5), "size": .integer(size)]) }

  /// The name of the mark of a file, both without a directory.
  package static func name(for file: String) -> String { ".\(file).meta" }

  /// The name of the file that a mark belongs to; nil for a name that is none of a mark.
  package static func markedFile(_ name: String) -> String? {
    guard name.utf8.count > 6, name.hasPrefix("."), name.hasSuffix(".meta") else { return nil }
    return String(name.dropFirst().dropLast(5))
  }
}
