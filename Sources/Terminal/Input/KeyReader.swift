import Glibc

/// Single keys from the terminal while a command runs: no echo, no waiting for Enter, Ctrl-C still a signal.
///
/// Between `begin` and `end` what is typed does not show up in the progress display. The mode is restored when the reader
/// goes away and when the process exits.
package final class KeyReader {
  private let descriptor: Int32
  private var saved: termios?

  package init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  deinit { end() }

  /// Starts reading keys; false (and nothing changes) when the descriptor is no terminal or is not ours to read.
  @discardableResult package func begin() -> Bool {
    var mode = termios()
    guard saved == nil, isatty(descriptor) == 1, tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &mode) == 0
    else {
      return false
    }
    TerminalGuard.begin(descriptor: descriptor)
    saved = mode
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    mode.c_lflag |= tcflag_t(ISIG)
    mode.c_cc.6 = 0  // VMIN
    mode.c_cc.5 = 0  // VTIME
    return tcsetattr(descriptor, TCSANOW, &mode) == 0
  }

  /// The keys typed since the last call; returns at once. Sequences of function keys are left out.
  package func take() -> [Character] {
    guard saved != nil else { return [] }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64)
    while bytes.count < 4096 {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 0) > 0 else { break }
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    var filter = SequenceFilter()
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.filter { !filter.swallows($0) }.map { Character($0) }
  }

  /// Gives the terminal its mode back and forgets what was typed meanwhile.
  package func end() {
    guard var mode = saved else { return }
    saved = nil
    tcsetattr(descriptor, TCSAFLUSH, &mode)
  }
}
