internal import BackupLayout
internal import Bytes
internal import StorageEngine

/// Hands downloaded files to a partition's storage, once: a crash right after it does not make it happen again, which
/// would put old rows over newer ones, and is refused for files that go behind. Blocks.
struct PartitionIngestion: Sendable {
  /// Which load began, and the files that were there before.
  private static let marker = "onebox_bulk_load"

  let database: Database
  let meta: ColumnFamily
  /// Tells this load from others.
  let loadID: Int64
  let directory: String
  let files: [FileRecord]
  let isBehind: Bool

  func run() throws(StorageError) {
    if try wasDone() { return }
    let names = dataFiles.map(\.name).joined(separator: " ")
    try database.put(
      Array(Self.marker.utf8).span.bytes, Array("\(loadID) \(names)".utf8).span.bytes, in: meta)
    try database.ingest(files.map { "\(directory)/\($0.name)" }, behind: isBehind, move: true)
  }

  private var dataFiles: [LiveFile] { database.liveFiles.filter { $0.family == "default" } }

  /// True when this load began here before, and files of all these sizes have come since.
  private func wasDone() throws(StorageError) -> Bool {
    guard let value = try database.get(Array(Self.marker.utf8).span.bytes, in: meta) else { return false }
    let words = String(decoding: [UInt8](value.bytes), as: UTF8.self).split(separator: " ").map(String.init)
    guard words.first == "\(loadID)" else { return false }
    let before = Set(words.dropFirst())
    var added: [UInt64: Int] = [:]
    for file in dataFiles where !before.contains(file.name) { added[file.size, default: 0] += 1 }
    for file in files {
      guard let count = added[UInt64(clamping: file.size)], count > 0 else { return false }
      added[UInt64(clamping: file.size)] = count - 1
    }
    return true
  }
}
