package import Bytes
import CLinux
import Glibc

/// What a stream tells its owner. All calls come from the loop.
@LoopActor
package protocol TCPStreamHandler: AnyObject {
  /// Bytes have come. What is not consumed is offered again, with more behind it, when more comes.
  func streamReceived(_ stream: TCPStream, _ input: inout ByteBuffer)
  /// The kernel had refused bytes before; now everything has been handed over.
  func streamDrained(_ stream: TCPStream)
  /// The last call: the other side closed (nil) or the connection failed. Not called after `close()`.
  func streamClosed(_ stream: TCPStream, _ error: SocketError?)
}

extension TCPStreamHandler {
  package func streamDrained(_ stream: TCPStream) {}
}

/// A connected, non-blocking TCP socket.
///
/// Whatever is appended to `out` in one turn of the loop leaves in one write at the end of the turn. What the kernel does
/// not take waits in `out`: `bufferedBytes` is the back-pressure, and the owner decides how much is too much.
@LoopActor
package final class TCPStream {
  /// Bytes asked for in one read: grows while reads come back full.
  private static let smallestRead = 16 << 10
  private static let largestRead = 256 << 10
  /// Memory that an empty buffer may keep.
  private static let keptCapacity = 1 << 20
  /// Bytes handed to the kernel in one turn at most, so that a fast reader cannot hold the loop.
  private static let writeBudget = 8 << 20
  private static let lingerTime = Duration.seconds(2)

  private enum State {
    case open
    /// Ends when `out` is empty.
    case finishing
    /// Our side has ended; waits for the other one.
    case lingering
    case closed
  }

  /// The other side.
  package let peer: SocketAddress
  private let fd: Int32
  private var id: PollID?
  private var state = State.open
  private var interest: UInt32 = 0
  private var handler: (any TCPStreamHandler)?
  private var input = ByteBuffer()
  private var output = ByteBuffer()
  private var readSize = smallestRead
  private var isDirty = false
  private var isBlocked = false
  private var linger: TimerID?

  /// Whether reading is suspended: see `pauseReading`.
  package private(set) var isPaused = false
  /// Bytes that the kernel has taken since the connection began.
  package private(set) var totalWritten: UInt64 = 0
  /// Bytes that have been received.
  package private(set) var totalRead: UInt64 = 0
  /// System calls made for writing; with coalescing about one per turn.
  package private(set) var writeCalls: UInt64 = 0

  /// Takes over a connected, non-blocking descriptor.
  init(adopting fd: Int32, peer: SocketAddress) {
    self.fd = fd
    self.peer = peer
  }

  deinit {
    // A stream that was never started, or whose owner went away without closing it.
    if state != .closed { Glibc.close(fd) }
  }

  /// Begins to read. The handler is kept until the stream is closed.
  package func start(_ handler: any TCPStreamHandler) {
    guard state == .open, id == nil else { return }
    self.handler = handler
    interest = Ready.input
    do {
      id = try EventLoop.shared.reactor.poller.add(fd, events: interest, self)
    } catch {
      EventLoop.shared.nextTurn { self.end(error) }
    }
  }

  package var isOpen: Bool { state == .open }

  /// What will be written at the end of this turn, and what the kernel has not taken yet. Append to it; the flush is
  /// arranged by the access. What is appended to a stream that is not open is dropped.
  package var out: ByteBuffer {
    _read { yield output }
    _modify {
      yield &output
      if state == .open { flushLater() } else if state != .finishing { output.removeAll() }
    }
  }

  /// Bytes that wait in `out`.
  package var bufferedBytes: Int { output.count }

  /// Bytes ever appended to `out`; compare with `totalWritten` to learn whether a message has left.
  package var totalAppended: UInt64 { totalWritten + UInt64(output.count) }

  // MARK: Reading

  /// Stops reading: the kernel's buffers fill, and the other side has to wait.
  package func pauseReading() {
    guard !isPaused, state == .open else { return }
    isPaused = true
    watch(reading: false)
  }

  /// Reads on. Bytes that had been left in the buffer are offered again in the next turn.
  package func resumeReading() {
    guard isPaused, state == .open else { return }
    isPaused = false
    watch(reading: true)
    guard !input.isEmpty else { return }
    EventLoop.shared.nextTurn {
      guard self.state == .open, !self.isPaused, !self.input.isEmpty else { return }
      self.handler?.streamReceived(self, &self.input)
    }
  }

  private func read() {
    let wanted = readSize
    var result = 0
    input.appendUninitialized(wanted) { room in
      result = clinux_recv(fd, room.baseAddress, room.count)
      return max(result, 0)
    }
    guard result > 0 else {
      if result == -Int(EAGAIN) { return }
      end(result == 0 ? nil : SocketError("read from \(peer)", code: Int32(-result)))
      return
    }
    totalRead += UInt64(result)
    if result == wanted {
      readSize = min(readSize * 2, Self.largestRead)
    }
    guard state == .open else {
      input.removeAll()
      return
    }
    handler?.streamReceived(self, &input)
    input.shrinkIfEmpty(above: Self.keptCapacity)
  }

  // MARK: Writing

  private func flushLater() {
    guard !isDirty, !isBlocked, !output.isEmpty else { return }
    isDirty = true
    EventLoop.shared.reactor.flushLater(self)
  }

  /// Called by the loop once per turn, for streams that have something to write.
  func flush() {
    isDirty = false
    guard state == .open || state == .finishing else { return }
    var budget = Self.writeBudget
    while !output.isEmpty, budget > 0 {
      let result = output.withUnsafeBytes { clinux_send(fd, $0.baseAddress, $0.count) }
      writeCalls += 1
      guard result >= 0 else {
        if result == -Int(EAGAIN) { break }
        end(SocketError("write to \(peer)", code: Int32(-result)))
        return
      }
      totalWritten += UInt64(result)
      budget -= result
      let isShort = result < output.count
      output.consume(result)
      if isShort { break }
    }
    let wasBlocked = isBlocked
    isBlocked = !output.isEmpty
    if wasBlocked != isBlocked { watch(reading: !isPaused) }
    guard output.isEmpty else { return }
    output.shrinkIfEmpty(above: Self.keptCapacity)
    if state == .finishing {
      shutDown()
    } else if wasBlocked {
      handler?.streamDrained(self)
    }
  }

  // MARK: Ending

  /// Closes at once; unwritten bytes are lost. The handler is not called any more.
  package func close() {
    guard state != .closed else { return }
    state = .closed
    handler = nil
    if let linger { EventLoop.shared.cancel(linger) }
    if let id { EventLoop.shared.reactor.poller.remove(fd, id: id) }
    id = nil
    Glibc.close(fd)
    output.removeAll()
  }

  /// Closes at once, so that the other side learns that what it sent may be lost: it sees a reset.
  package func reset() {
    guard state != .closed else { return }
    var abrupt = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  /// Writes what is in `out`, then closes in an orderly way; the handler gets `streamClosed`.
  package func closeAfterFlush() {
    guard state == .open else { return }
    state = .finishing
    linger = EventLoop.shared.schedule(after: Self.lingerTime) { self.end(nil) }
    if output.isEmpty { shutDown() } else { flushLater() }
  }

  /// Ends our side and waits a little for the other one: closing with unread input would reset the connection and could
  /// destroy what we have just written.
  private func shutDown() {
    state = .lingering
    Glibc.shutdown(fd, Int32(SHUT_WR))
    isPaused = false
    watch(reading: true)
  }

  private func end(_ error: SocketError?) {
    guard state != .closed else { return }
    let handler = handler
    close()
    handler?.streamClosed(self, error)
  }

  private func watch(reading: Bool) {
    guard let id else { return }
    let wanted = (reading ? Ready.input : 0) | (isBlocked ? Ready.output : 0)
    guard wanted != interest else { return }
    interest = wanted
    EventLoop.shared.reactor.poller.change(fd, id: id, events: wanted)
  }
}

extension TCPStream: PollHandler {
  func pollReady(_ events: UInt32) {
    if events & Ready.output != 0, isBlocked, !isDirty {
      isDirty = true
      EventLoop.shared.reactor.flushLater(self)
    }
    let failed = events & Ready.failure != 0
    if isPaused, failed {
      // Level-triggered: it would be reported in every turn. Nobody is left to read our answers anyway.
      let code = clinux_socket_error(fd)
      end(code == 0 ? nil : SocketError("talk to \(peer)", code: code))
    } else if !isPaused, failed || events & Ready.input != 0 {
      read()
    }
  }
}
