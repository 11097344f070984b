import JSON

/// A file or directory as WebHDFS and HttpFS tell it (Hadoop 2.x and 3.x).
package struct WebHDFSStatus: Sendable, Equatable {
  /// Without a directory; empty for the path that was asked for. Never one that leads elsewhere.
  package var name: String
  package var isDirectory: Bool
  /// Bytes; 0 for a directory.
  package var size: Int64

  private init(_ value: JSONValue) throws(DocumentError) {
    guard let name = value["pathSuffix"]?.text, let type = value["type"]?.text,
      ["FILE", "DIRECTORY", "SYMLINK"].contains(type), case .integer(let size)? = value["length"], size >= 0,
      name != ".", name != "..", !name.utf8.contains(where: { $0 == 0x2F || $0 == 0 })
    else { throw DocumentError("FileStatus", "no file status") }
    self.name = name
    isDirectory = type == "DIRECTORY"
    self.size = isDirectory ? 0 : size
  }

  /// The answer of GETFILESTATUS.
  package init(contents: [UInt8]) throws(DocumentError) {
    try self.init(WebHDFSAnswer.json(contents, "FileStatus"))
  }

  /// The answer of LISTSTATUS, in the order of the answer. Of a path that is a file it is that file, with an empty name.
  package static func list(contents: [UInt8]) throws(DocumentError) -> [WebHDFSStatus] {
    // Only a list that is there is empty: anybody may answer `{}`.
    guard case .array(let items)? = try WebHDFSAnswer.json(contents, "FileStatuses")["FileStatus"] else {
      throw DocumentError("FileStatuses", "no list of a directory")
    }
    var names: Set<String> = []
    var entries: [WebHDFSStatus] = []
    for item in items {
      let entry = try WebHDFSStatus(item)
      guard names.insert(entry.name).inserted, !entry.name.isEmpty || items.count == 1 else {
        throw DocumentError("FileStatuses", "a list with a name twice or without one")
      }
      entries.append(entry)
    }
    return entries
  }
}
