import Glibc

/// Single keys from the terminal while a command runs: no echo, no waiting for Enter, Ctrl-C still a signal.
///
/// Between `begin` and `end` what is typed does not show up in the progress display. The mode is restored when the reader
/// goes away and when the process exits.
package final class KeyReader {
  private let descriptor: Int32
  private let takesSuspend: Bool
  private var saved: termios?

  /// - Parameter takesSuspend: Ctrl-Z is a key, `KeyPresses.suspend`; otherwise it stops the process as ever
  package init(descriptor: Int32 = STDIN_FILENO, takesSuspend: Bool = false) {
    self.descriptor = descriptor
    self.takesSuspend = takesSuspend
  }

  deinit { end() }

  /// Whether keys are being read.
  package var isReading: Bool { saved != nil }

  /// Starts reading keys; false (and nothing changes) when the descriptor is no terminal or is not ours to read.
  @discardableResult package func begin() -> Bool {
    var mode = termios()
    guard saved == nil, isForeground, tcgetattr(descriptor, &mode) == 0 else { return false }
    TerminalGuard.begin(descriptor: descriptor)
    saved = mode
    return setMode(from: mode)
  }

  /// The keys typed since the last call; returns at once. Sequences of function keys are left out.
  package func take() -> KeyPresses {
    guard saved != nil, isForeground else { return KeyPresses() }
    takeModeBack()
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1024)
    while bytes.count < 64 << 10 {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 0) > 0, entry.revents & Int16(POLLIN) != 0 else { break }
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return KeyPresses(bytes)
  }

  /// Gives the terminal its mode back. What was typed and not taken waits for whoever reads next.
  package func end() {
    guard var mode = saved else { return }
    saved = nil
    if isForeground { tcsetattr(descriptor, TCSADRAIN, &mode) }
  }

  private var isForeground: Bool { isatty(descriptor) == 1 && tcgetpgrp(descriptor) == getpgrp() }

  /// A process that was stopped finds the terminal as its caller left it.
  private func takeModeBack() {
    var mode = termios()
    guard tcgetattr(descriptor, &mode) == 0, mode.c_lflag & tcflag_t(ICANON | ECHO) != 0 else { return }
    setMode(from: mode)
  }

  @discardableResult
  private func setMode(from mode: termios) -> Bool {
    var mode = mode
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    mode.c_lflag |= tcflag_t(ISIG)
    mode.c_cc.6 = 0  // VMIN
    mode.c_cc.5 = 0  // VTIME
    if takesSuspend { mode.c_cc.10 = 0 }  // VSUSP: no character
    return tcsetattr(descriptor, TCSADRAIN, &mode) == 0
  }
}
