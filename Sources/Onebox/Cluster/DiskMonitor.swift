internal import EventLoop
internal import StorageEngine

/// Watches how much room the disk has. Writes are refused before it is full, so that logs and files can still be
/// completed: the engine takes a failed write to its log badly.
@LoopActor
final class DiskMonitor {
  private let path: String
  private let minimumFreeBytes: UInt64
  /// Tells how many bytes the engine will write to files by itself: what is in memory, and the logs it will set aside.
  var owed: @LoopActor () -> UInt64 = { 0 }
  /// As told last.
  private var owedBytes: UInt64 = 0
  /// Bytes taken in since the system was asked last.
  private var takenBytes: UInt64 = 0
  private var step: UInt64 = 1 << 20
  private(set) var freeBytes: UInt64 = .max
  private(set) var totalBytes: UInt64 = 0

  nonisolated init(path: String, minimumFreeBytes: UInt64) {
    self.path = path
    // A little in any case.
    self.minimumFreeBytes = max(minimumFreeBytes, 1 << 20)
  }

  /// True when writes are to be refused.
  var isFull: Bool { usableBytes < minimumFreeBytes }

  /// True when writes are taken and files of so many bytes can be made.
  func hasRoom(for bytes: Int) -> Bool { !isFull && usableBytes >= UInt64(clamping: bytes) }

  private var usableBytes: UInt64 {
    // What is taken in goes to the log now and to a file later.
    let spoken = owedBytes &+ 2 &* takenBytes
    return freeBytes > spoken ? freeBytes - spoken : 0
  }

  /// Accounts for a write; asks the system again when much has been written since.
  @inline(__always)
  func take(_ bytes: Int) {
    takenBytes &+= UInt64(bytes)
    if takenBytes > step { refresh() }
  }

  /// Asks the system again.
  func refresh() {
    guard let space = Files.space(at: path) else { return }
    freeBytes = space.free
    totalBytes = space.total
    // What has just been taken may not have reached the engine.
    owedBytes = owed() &+ 2 &* takenBytes
    takenBytes = 0
    // Often when little is left.
    step = min(max(usableBytes / 16, 64 << 10), 16 << 20)
  }
}
