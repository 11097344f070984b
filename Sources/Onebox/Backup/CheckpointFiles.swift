internal import StorageEngine

/// A consistent copy of a partition's files, beside them on the same disk: links, no further space. Calls block.
struct CheckpointFiles: Sendable {
  let directory: String
  /// Names and sizes in bytes.
  let files: [(name: String, size: Int64)]
  /// The last write in it.
  let decree: Int64

  /// Throws `FileError` or `StorageError`; then nothing is left.
  static func make(of database: Database, in directory: String) throws -> CheckpointFiles {
    Files.removeTree(directory)
    do {
      if let slash = directory.lastIndex(of: "/") { try Files.makeDirectories(String(directory[..<slash])) }
      try database.checkpoint(to: directory)
      var files: [(name: String, size: Int64)] = []
      for name in Files.names(in: directory) {
        let path = "\(directory)/\(name)"
        // Logs hold only what came after the checkpoint began; real servers have none.
        if name.hasSuffix(".log") {
          Files.removeTree(path)
        } else {
          files.append((name, FilePiece.length(of: path) ?? 0))
        }
      }
      return CheckpointFiles(
        directory: directory, files: files, decree: try OpenedPartition.lastDecree(ofCheckpoint: directory))
    } catch {
      Files.removeTree(directory)
      throw error
    }
  }

  func remove() { Files.removeTree(directory) }
}
