import CLinux
import Glibc
import Terminal

/// The terminal between two lines: what is typed ahead is not echoed into a command's output and waits for the next
/// prompt; Ctrl-C is a signal.
///
/// The mode stays until the next line is read: where the terminal would go back to its own mode in between, a Ctrl-D typed
/// at that moment would be lost. The editor gives the terminal its own mode back after each line, and at the end.
struct QuietTerminal {
  private let descriptor: Int32
  /// Typed before the mode was changed: it was read so that a Ctrl-C in it is seen, and goes to the next lines.
  private var typedAhead: [UInt8] = []

  init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  /// Changes the mode after a line.
  ///
  /// - Parameter keepsSuspend: Ctrl-Z is a character like others until the next line, because the command takes it as a key
  /// - Returns: whether Ctrl-C was typed between the end of the last line and now, when it was not a signal
  mutating func begin(keepsSuspend: Bool) -> Bool {
    var mode = termios()
    guard isatty(descriptor) == 1, tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &mode) == 0 else {
      return false
    }
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    mode.c_lflag |= tcflag_t(ISIG)
    mode.c_cc.6 = 0  // VMIN
    mode.c_cc.5 = 0  // VTIME
    if keepsSuspend { mode.c_cc.10 = 0 }  // VSUSP: no character
    tcsetattr(descriptor, TCSADRAIN, &mode)
    return takeTyped()
  }

  /// The next line typed ahead, with its end when it has one: what the editor begins with.
  mutating func takeLine() -> String {
    let end = typedAhead.firstIndex { $0 == 0x0A || $0 == 0x0D }
    let line = Array(typedAhead[..<(end.map { $0 + 1 } ?? typedAhead.count)])
    typedAhead.removeFirst(line.count)
    return String(decoding: line, as: UTF8.self)
  }

  /// Keeps what somebody else has read and does not want.
  mutating func giveBack(_ bytes: [UInt8]) { typedAhead += bytes }

  private mutating func takeTyped() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 4096)
    var isInterrupted = false
    while true {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 0) == 1, waiting.revents & Int16(POLLIN) != 0 else { return isInterrupted }
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return isInterrupted }
      typedAhead += chunk[..<count]
      if let key = typedAhead.lastIndex(of: 0x03) {
        isInterrupted = true
        typedAhead.removeFirst(key + 1)
      }
    }
  }
}
