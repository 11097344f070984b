import EventLoop
import Glibc

/// Waits for SIGTERM or SIGINT, from the moment it is made.
@LoopActor
final class StopSignals {
  private var sources: [SignalSource] = []
  private var isStopped = false
  private var waiter: UnsafeContinuation<Void, Never>?

  init() throws(SocketError) {
    for number in [SIGTERM, SIGINT] {
      sources.append(try SignalSource(number) { [weak self] in self?.stop() })
    }
  }

  /// Returns when one has come.
  func next() async {
    guard !isStopped else { return }
    await withUnsafeContinuation { waiter = $0 }
  }

  private func stop() {
    isStopped = true
    waiter?.resume()
    waiter = nil
  }
}
