import Glibc
import Testing

@testable import Terminal

/// Every test sees the same kind of terminal, wherever the tests run.
let knownTerminal: Void = {
  setenv("TERM", "xterm-256color", 1)
  unsetenv("NO_COLOR")
}()

/// Both ends of a pseudo terminal.
final class PseudoTerminal {
  let master: Int32
  let slave: Int32
  private(set) var output = ""

  init(rows: UInt16 = 24, columns: UInt16 = 80) throws {
    _ = knownTerminal
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    var isLocked: Int32 = 0
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)  // TIOCSPTLCK
    var number: UInt32 = 0
    try #require(ioctl(master, 0x8004_5430, &number) == 0)  // TIOCGPTN
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
  }

  deinit {
    close(master)
    close(slave)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Reads until the output that has not been looked at contains a text, and takes everything up to its end.
  @discardableResult func wait(for text: String, seconds: Int32 = 10) -> Bool {
    let deadline = ContinuousClock.now + .seconds(Int(seconds))
    while true {
      if let range = Self.range(of: text, in: output) {
        output = String(output[range.upperBound...])
        return true
      }
      var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard ContinuousClock.now < deadline, poll(&entry, 1, 1000) >= 0 || errno == EINTR else { return false }
      var bytes = [UInt8](repeating: 0, count: 4096)
      guard entry.revents & Int16(POLLIN) != 0 else { continue }
      let count = read(master, &bytes, bytes.count)
      if count <= 0 { return false }
      output += String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  private static func range(of text: String, in output: String) -> Range<String.Index>? {
    let (needle, haystack) = (Array(text.unicodeScalars), output.unicodeScalars)
    var start = haystack.startIndex
    while start < haystack.endIndex {
      if haystack[start...].starts(with: needle) { return start..<haystack.index(start, offsetBy: needle.count) }
      start = haystack.index(after: start)
    }
    return nil
  }
}
