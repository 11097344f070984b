import BackupLayout
package import EventLoop
import StorageEngine

/// A `local_service`: a directory, with a mark `.<name>.meta` beside every file, exactly as servers keep it (2.0–2.6).
///
/// All of it runs on the threads for blocking work.
package final class LocalBlockService: BlockService {
  /// Bytes read between two looks at the gate.
  private nonisolated static let slice: Int64 = 8 << 20

  package nonisolated let name: String
  package nonisolated let root: String

  /// `root`: an absolute path. It need not exist yet.
  package nonisolated init(name: String, root: String) {
    self.name = name
    self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  package nonisolated var summary: String { "local_service \(root)" }

  package nonisolated func localPath(_ path: String) -> String? {
    path.isEmpty ? root : root.hasSuffix("/") ? root + path : "\(root)/\(path)"
  }

  package func list(_ directory: String) async throws(BlockServiceError) -> [BlockEntry] {
    try await perform("list", directory) { path in try LocalTree.list(path) }
  }

  package func stat(_ path: String) async throws(BlockServiceError) -> BlockFile {
    guard let found = try await perform("look at", path, { path in try LocalTree.look(path) }) else {
      throw BlockServiceError(.damaged, "look at", path, "it is no file")
    }
    guard let mark = found.mark else {
      throw BlockServiceError(
        .notFound, "look at", path,
        "the file is there, but \(LocalFileMark.name(for: StoragePath.split(path).name)) beside it is not: no server sees it"
      )
    }
    do throws(DocumentError) {
      let mark = try LocalFileMark(contents: mark)
      return BlockFile(size: found.size, recordedSize: mark.size, recordedMD5: mark.md5)
    } catch {
      throw BlockServiceError(.damaged, "look at", path, "the mark of the file: \(error.reason)")
    }
  }

  package func read(
    _ path: String, into sink: any ByteSink, gate: Gate? = nil, progress: (@LoopActor (Int64) -> Void)? = nil
  ) async throws(BlockServiceError) {
    // Servers cannot read a file without a mark; so it is none here either.
    _ = try await stat(path)
    while true {
      try await pass(gate, "read", path)
      let taken = try await perform("read", path) { place in
        try LocalTree.read(place, from: sink.count, upTo: Self.slice, into: sink)
      }
      if taken == 0 { return }
      progress?(taken)
    }
  }

  package func write(_ path: String, _ bytes: [UInt8]) async throws(BlockServiceError) {
    try await perform("write", path) { path in try LocalTree.write(path, bytes) }
  }

  package func upload(_ file: String, md5: String, to path: String) async throws(BlockServiceError) {
    try await perform("write", path) { path in try LocalTree.adopt(file, md5: md5, as: path) }
  }

  package func delete(_ path: String) async throws(BlockServiceError) {
    try await perform("delete", path) { path in try LocalTree.remove(path) }
  }

  private func perform<T: Sendable>(
    _ operation: String, _ path: String, _ body: @escaping @Sendable (String) throws -> T
  ) async throws(BlockServiceError) -> T {
    guard StoragePath.staysInside(path), let place = localPath(path) else {
      throw BlockServiceError(.invalid, operation, path, "the path leaves the storage's root")
    }
    do {
      return try await BlockingPool.run { try body(place) }
    } catch let error as FileError {
      throw BlockServiceError(error, operation)
    } catch {
      throw BlockServiceError(.other, operation, place, "\(error)")
    }
  }
}

extension BlockService {
  /// Waits while the gate is closed.
  func pass(_ gate: Gate?, _ operation: String, _ place: String) async throws(BlockServiceError) {
    do throws(CancellationError) {
      if let gate { try await gate.pass() } else if Task.isCancelled { throw CancellationError() }
    } catch {
      throw BlockServiceError(.cancelled, operation, place, "cancelled")
    }
  }
}
