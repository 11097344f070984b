import Glibc
import Terminal

/// The terminal while a command runs: what is typed ahead is not echoed into its output and waits for the next prompt;
/// Ctrl-C stays a signal.
struct QuietTerminal {
  private let descriptor: Int32
  private var saved: termios?

  init(descriptor: Int32 = STDIN_FILENO) { self.descriptor = descriptor }

  mutating func begin() {
    var mode = termios()
    guard saved == nil, isatty(descriptor) == 1, tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &mode) == 0
    else { return }
    saved = mode
    mode.c_lflag &= ~tcflag_t(ECHO | ICANON)
    mode.c_lflag |= tcflag_t(ISIG)
    tcsetattr(descriptor, TCSADRAIN, &mode)
  }

  mutating func end() {
    guard var mode = saved else { return }
    saved = nil
    tcsetattr(descriptor, TCSADRAIN, &mode)
  }
}
