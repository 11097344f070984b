import EventLoop
import Glibc

/// Writes bytes to a descriptor, off the loop. A reader that has stopped reading is given up after a while.
///
/// Sendable: the descriptor never changes.
final class EventWriter: Sendable {
  private let descriptor: Int32
  private let isFile: Bool
  /// A pipe takes that much at once when it takes anything, so that a write never blocks.
  private static let chunk = Int(PIPE_BUF)

  /// - Parameter target: a path, or the number of an open descriptor
  init(_ target: String) throws(EventFileError) {
    let made: Int32
    if let number = Int32(target) {
      let flags = number >= 0 ? fcntl(number, F_GETFL) : -1
      guard flags >= 0 else { throw EventFileError(target: "descriptor \(target)", reason: "it is not open") }
      guard flags & O_ACCMODE != O_RDONLY else {
        throw EventFileError(target: "descriptor \(target)", reason: "it is open for reading only")
      }
      made = fcntl(number, F_DUPFD_CLOEXEC, 3)
      isFile = false
    } else {
      // A named pipe without a reader answers at once: ENXIO.
      made = open(target, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
      isFile = true
    }
    let code = errno
    guard made >= 0 else {
      throw EventFileError(target: target, reason: code == ENXIO ? "nobody reads the pipe" : SocketError.text(of: code))
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Takes away what the file holds from before; what else it may be is left alone.
  func empty() { if isFile { ftruncate(descriptor, 0) } }

  /// Writes all of it. Blocks; answers why not all was written, nil when it was.
  func write(_ bytes: [UInt8], patience: Duration) -> String? {
    var offset = 0
    var lastMove = Monotonic.now()
    while offset < bytes.count {
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let isReady = poll(&entry, 1, 100) > 0
      let (count, code) = isReady ? writeSome(bytes, from: offset) : (-1, EAGAIN)
      if count > 0 {
        offset += count
        lastMove = .now()
        continue
      }
      switch code {
      case EINTR: continue
      case EAGAIN where Monotonic.now() - lastMove < patience: continue
      case EAGAIN: return "its reader has not read for \(patience.brief)"
      case EPIPE: return "its reader has gone"
      default: return SocketError.text(of: code)
      }
    }
    return nil
  }

  private func writeSome(_ bytes: [UInt8], from offset: Int) -> (Int, Int32) {
    bytes.withUnsafeBytes { all in
      let part = UnsafeRawBufferPointer(rebasing: all[offset..<min(offset + Self.chunk, all.count)])
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      return (count, errno)
    }
  }
}
