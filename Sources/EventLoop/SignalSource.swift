import CLinux
import Glibc

/// Calls a function on the loop when the process gets a signal. The signal's default effect is suspended while any source
/// for it exists.
@LoopActor
package final class SignalSource {
  private let signalNumber: Int32
  private let number: UInt64
  private var isActive = true

  /// `onSignal` may be called once for several deliveries that come together.
  package init(_ signalNumber: Int32, _ onSignal: @escaping @LoopActor () -> Void) throws(SocketError) {
    self.signalNumber = signalNumber
    number = try SignalHub.shared.add(signalNumber, onSignal)
  }

  deinit {
    let (signalNumber, number) = (signalNumber, number)
    EventLoop.shared.post { SignalHub.shared.remove(signalNumber, number) }
  }

  /// Gives the signal back to whatever handled it before. Also done when the source goes away.
  package func cancel() {
    guard isActive else { return }
    isActive = false
    SignalHub.shared.remove(signalNumber, number)
  }
}

/// One pipe for all signals: the handler writes the number, the loop reads it.
@LoopActor
final class SignalHub {
  static let shared = SignalHub()

  private struct Caught {
    var previous: sigaction
    var listeners: [UInt64: @LoopActor () -> Void] = [:]
  }

  private var caught: [Int32: Caught] = [:]
  private var ends: [Int32] = []
  private var nextNumber: UInt64 = 0

  func add(_ signalNumber: Int32, _ listener: @escaping @LoopActor () -> Void) throws(SocketError) -> UInt64 {
    try open()
    if caught[signalNumber] == nil {
      var previous = sigaction()
      let result = clinux_signal_catch(signalNumber, ends[1], &previous)
      guard result == 0 else { throw SocketError("catch signal \(signalNumber)", code: -result) }
      caught[signalNumber] = Caught(previous: previous)
    }
    nextNumber += 1
    caught[signalNumber]?.listeners[nextNumber] = listener
    return nextNumber
  }

  func remove(_ signalNumber: Int32, _ number: UInt64) {
    guard caught[signalNumber]?.listeners.removeValue(forKey: number) != nil else { return }
    guard var entry = caught[signalNumber], entry.listeners.isEmpty else { return }
    clinux_signal_restore(signalNumber, &entry.previous)
    caught[signalNumber] = nil
  }

  private func open() throws(SocketError) {
    guard ends.isEmpty else { return }
    var pair: [Int32] = [-1, -1]
    let result = clinux_pipe(&pair)
    guard result == 0 else { throw SocketError("make a pipe for signals", code: -result) }
    _ = try EventLoop.shared.reactor.poller.add(pair[0], events: Ready.input, self)
    ends = pair
  }
}

extension SignalHub: PollHandler {
  func pollReady(_ events: UInt32) {
    var seen: Set<Int32> = []
    withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
      while true {
        let count = clinux_read(ends[0], buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        for byte in buffer.prefix(count) { seen.insert(Int32(byte)) }
      }
    }
    for signalNumber in seen.sorted() {
      let listeners = caught[signalNumber]?.listeners ?? [:]
      for (_, listener) in listeners.sorted(by: { $0.key < $1.key }) { listener() }
    }
  }
}
