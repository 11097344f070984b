package import EventLoop

/// A storage that backups and bulk loads lie on. Paths are relative to its root, with a slash between their parts.
///
/// Nothing here blocks the loop. Cancelled tasks get `.cancelled`.
@LoopActor
package protocol BlockService: AnyObject, Sendable {
  /// What servers call the provider.
  nonisolated var name: String { get }
  /// For messages: its kind and its root.
  nonisolated var summary: String { get }

  /// What is in a directory, sorted by name. Of a `local_service` only the files that servers see: those with a mark.
  func list(_ directory: String) async throws(BlockServiceError) -> [BlockEntry]
  /// What is known of a file. `.notFound` when there is none, or none that servers see.
  func stat(_ path: String) async throws(BlockServiceError) -> BlockFile
  /// Reads a file into `sink` from the byte on that the sink has come to: a sink that was filled halfway goes on.
  /// `progress` is told of bytes as they come, in pieces of some megabytes; `gate` is passed between them.
  func read(
    _ path: String, into sink: any ByteSink, gate: Gate?, progress: (@LoopActor (Int64) -> Void)?
  ) async throws(BlockServiceError)
  /// Stores a small file, replacing one of that name; seen whole or not at all where the storage can do that.
  func write(_ path: String, _ bytes: [UInt8]) async throws(BlockServiceError)
  /// Stores the local file `file`, whose MD5 is known; it is gone afterwards.
  func upload(_ file: String, md5: String, to path: String) async throws(BlockServiceError)
  /// Removes a file or a directory with all that is in it. Missing is fine.
  func delete(_ path: String) async throws(BlockServiceError)
  /// Where the file lies on this machine, when it does.
  nonisolated func localPath(_ path: String) -> String?
}

extension BlockService {
  /// A small file. Longer than `limit` bytes is `.damaged`.
  package func contents(_ path: String, limit: Int = 64 << 20) async throws(BlockServiceError) -> [UInt8] {
    let sink = MemorySink(limit: limit)
    do throws(BlockServiceError) {
      try await read(path, into: sink, gate: nil, progress: nil)
    } catch {
      guard sink.isTooLong else { throw error }
      throw BlockServiceError(.damaged, "read", path, "the file is longer than \(limit) bytes")
    }
    return sink.bytes
  }
}
