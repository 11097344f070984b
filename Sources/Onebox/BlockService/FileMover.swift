internal import BackupLayout
internal import Bytes
internal import EventLoop
internal import Glibc
internal import StorageEngine

/// Copies files between a storage service and the disk of a server: piece by piece off the loop, so that it can be
/// cancelled and slowed, and stopped before a disk is full.
@LoopActor
struct FileMover {
  let pace: TransferPace
  /// Whether there is room for so many further bytes at the target.
  let hasRoom: @LoopActor (Int) -> Bool

  /// Copies a file whole and waits until it is on the disk; `moved` is told every piece.
  ///
  /// Throws `CancellationError`, and `FileError` for everything else, a full disk included.
  func copy(_ source: String, _ target: String, _ moved: (Int) -> Void) async throws -> LocalFileMark {
    var digest = MD5()
    var size = 0
    while true {
      try Task.checkCancellation()
      guard hasRoom(FilePiece.size) else { throw FileError(operation: "write", path: target, code: ENOSPC) }
      let (offset, before) = (size, digest)
      let piece = try await BlockingPool.run { () throws(FileError) in
        try FilePiece.copy(source, target, offset: offset, count: FilePiece.size, before)
      }
      size += piece.count
      digest = piece.digest
      moved(piece.count)
      try await pace.take(piece.count)
      if piece.count < FilePiece.size { break }
    }
    try await BlockingPool.run { () throws(FileError) in try FilePiece.sync(target) }
    return LocalFileMark(size: Int64(size), md5: digest.hex)
  }
}
