internal import BackupLayout
internal import EventLoop
internal import Glibc
internal import StorageEngine

/// Copies files between a storage service and the disk of a server: several side by side, piece by piece off the loop, so
/// that it can be cancelled and slowed, and stopped before a disk is full.
@LoopActor
struct FileMover {
  let pace: TransferPace
  /// Whether there is room for so many further bytes at the target.
  let hasRoom: @LoopActor (Int) -> Bool

  /// Files that are waited for side by side until they are on the disk.
  private static let synced = 4

  /// Copies files whole, several side by side, and waits until they are on the disk. `moved` is told of bytes as they go,
  /// `finished` of every file that is there, by its place in the list.
  ///
  /// Throws `CancellationError`, what `finished` throws, and `FileError` for everything else, a full disk included.
  /// - Returns: what was copied, in the order of the list
  func copy(
    _ files: [FileLanes.Job], moved: (Int64) -> Void,
    finished: @escaping @LoopActor (Int, LocalFileMark) async throws -> Void
  ) async throws -> [LocalFileMark] {
    let lanes = FileLanes(files)
    var marks: [LocalFileMark?] = files.map { _ in nil }
    var isAtEnd = false
    while !isAtEnd {
      try Task.checkCancellation()
      guard hasRoom(FilePiece.size) else {
        let target = zip(files, lanes.found).first { $1 == nil }?.0.target
        throw FileError(operation: "write", path: target ?? "", code: ENOSPC)
      }
      let piece = try await BlockingPool.run { () throws(FileError) in try lanes.advance(Int64(FilePiece.size)) }
      moved(piece.bytes)
      try await pace.take(Int(clamping: piece.bytes))
      var new: [(index: Int, mark: LocalFileMark)] = []
      for case (let index, let found?) in zip(files.indices, lanes.found) where marks[index] == nil {
        new.append((index, LocalFileMark(size: found.size, md5: found.md5)))
        marks[index] = new.last?.mark
      }
      let ended = new
      try await Workers.run(ended.count, atMost: Self.synced) { number in
        let (index, mark) = ended[number]
        if let target = files[index].target {
          try await BlockingPool.run { () throws(FileError) in try FilePiece.sync(target) }
        }
        try await finished(index, mark)
      }
      isAtEnd = piece.isAtEnd
    }
    return marks.compactMap { $0 }
  }
}
