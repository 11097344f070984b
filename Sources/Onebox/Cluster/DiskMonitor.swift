internal import EventLoop

/// Watches how much room the disk has. Writes are refused before it is full, so that files can still be completed.
@LoopActor
final class DiskMonitor {
  private let path: String
  private let minimumFreeBytes: UInt64
  private(set) var freeBytes: UInt64 = .max
  private(set) var totalBytes: UInt64 = 0

  nonisolated init(path: String, minimumFreeBytes: UInt64) {
    self.path = path
    self.minimumFreeBytes = minimumFreeBytes
  }

  /// True when writes are to be refused.
  var isFull: Bool { freeBytes < minimumFreeBytes }

  /// True when writes are taken and files of so many bytes can be made.
  func hasRoom(for bytes: Int) -> Bool { !isFull && freeBytes >= UInt64(clamping: bytes) }

  /// Asks the system again.
  func refresh() {
    guard let space = Files.space(at: path) else { return }
    freeBytes = space.free
    totalBytes = space.total
  }
}
