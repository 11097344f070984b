import EventLoop

/// Lets tasks on the loop do something one at a time, first come first served. Cancellation does not matter here: what a
/// stopped job has to write is written.
@LoopActor
final class Turn {
  private var isTaken = false
  private var waiting: [UnsafeContinuation<Void, Never>] = []

  /// Waits until it is the caller's turn; every call is followed by one of `pass`.
  func take() async {
    if !isTaken {
      isTaken = true
      return
    }
    await suspendOnLoop { continuation in
      // The loop may have had turns since the task looked.
      if isTaken { return waiting.append(continuation) }
      isTaken = true
      continuation.resume()
    }
  }

  /// Hands the turn on.
  func pass() {
    if waiting.isEmpty {
      isTaken = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
