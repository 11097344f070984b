import Glibc
import Synchronization

/// What other threads leave for the editor's thread, with a pipe that wakes it.
final class EditorMailbox: Sendable {
  struct Request: Sendable {
    var prompt: String
    var isRemembered: Bool
    var initial: String
    var answer: CheckedContinuation<LineEvent, Never>
  }

  struct Contents: Sendable {
    var request: Request?
    var messages: [String] = []
    var rightPrompt = ""
    var isRightPromptNew = false
    var isInterrupted = false
    var isEditing = false
    var isClosed = false
  }

  private let contents = Mutex(Contents())
  let wakeRead: Int32
  let wakeWrite: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    wakeRead = ends[0]
    wakeWrite = ends[1]
    for end in ends {
      // Non-blocking: a full pipe wakes as well as one more byte would.
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(wakeRead)
    close(wakeWrite)
  }

  func with<Result: Sendable>(_ body: (inout Contents) -> Result) -> Result { contents.withLock { body(&$0) } }

  func wake(_ reason: Character = "m") {
    var byte = reason.asciiValue ?? 0
    _ = write(wakeWrite, &byte, 1)
  }

  /// The reasons for which it was woken since the last call.
  func drain() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(wakeRead, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : []
  }
}
