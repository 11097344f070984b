import EventLoop
import Glibc
import Terminal

/// The signals of the process, and how it dies of one.
@LoopActor
final class SignalWatch {
  private var sources: [SignalSource] = []

  /// `onSignal` gets SIGINT, SIGTERM or SIGHUP.
  init(_ onSignal: @escaping @LoopActor (Int32) -> Void) {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      if let source = try? SignalSource(number, { onSignal(number) }) { sources.append(source) }
    }
  }

  /// Ends the process by the signal, so that the calling script sees it.
  func die(of number: Int32) -> Never {
    for source in sources { source.cancel() }
    sources = []
    TerminalGuard.restore()
    signal(number, SIG_DFL)
    kill(getpid(), number)
    exit(128 + number)
  }
}
