package import Bytes
package import EventLoop
package import PegasusProtocol

/// One server and the connection to it: made at the first call, shared by all calls, made again after a failure.
///
/// Calls are pipelined: requests of one turn of the loop leave in one write, and replies are matched by sequence id in
/// whatever order they come. A call costs no allocation of its own here; `call` is the comfortable form, with one object
/// and one continuation.
///
/// A connected client lives until it is closed.
@LoopActor
package final class RPCClient {
  package struct Options: Sendable {
    /// For each address of the node.
    package var connectTimeout = Duration.seconds(3)
    /// A machine that acknowledges nothing for so long is given up.
    package var silenceLimit = Duration.seconds(30)
    /// The longest reply taken.
    package var frameLimit = FrameDecoder.defaultLimit
    package var backOff = BackOff()

    package init() {}
  }

  /// Requests that can wait for their late answers before the connection is thought to be broken.
  private static let abandonedLimit = 8192

  package let node: NodeAddress
  private let options: Options
  private var machine: ConnectionStateMachine
  // Asked several times for each call. Everything here happens on the loop's thread, and the table calls nothing that comes
  // back to it, so that it need not be watched for overlapping accesses.
  @exclusivity(unchecked) private var calls = CallTable()
  private var stream: TCPStream?
  private var connector: TCPConnector?
  /// Requests made while the connection is being made.
  private var queue = RequestQueue()
  private var sweepTimer: TimerID?
  private var sweepTime = Monotonic(nanoseconds: .max)
  /// Calls that failed within `send`; told at the end of the turn.
  private var refused: [(call: CallTable.Call, error: RPCError)] = []

  /// Answers that came after their call had been given up.
  package private(set) var lateReplies: UInt64 = 0
  package private(set) var replies: UInt64 = 0
  /// Connections made so far.
  package private(set) var connections = 0

  package init(node: NodeAddress, options: Options = Options()) {
    self.node = node
    self.options = options
    machine = ConnectionStateMachine(backOff: options.backOff)
  }

  /// Calls that wait for an answer.
  package var outstanding: Int { calls.liveCount }
  /// Bytes of requests that the kernel has not taken yet: the measure for back-pressure.
  package var bufferedBytes: Int { stream?.bufferedBytes ?? queue.byteCount }
  package var isConnected: Bool { stream != nil }
  /// System calls made for writing on the present connection.
  package var writeCalls: UInt64 { stream?.writeCalls ?? 0 }

  // MARK: Calls

  /// Sends a request whose outcome goes to `sink`, with `token`. `encode` writes one whole frame with the sequence id it
  /// is given, at once. Never calls the sink from within.
  package func send<M: RPCMethod>(
    _ method: M.Type, timeout: Duration, token: UInt64, sink: any ReplySink,
    encode: (inout ByteBuffer, _ sequenceID: Int32) -> Void
  ) {
    _ = begin(M.code, timeout: timeout, token: token, sink: sink, encode: encode)
  }

  /// Sends a request that is not answered, or whose answer nobody wants. Without a connection it is dropped.
  package func post<M: RPCMethod>(_ method: M.Type, _ request: M.Request, header: M.Header) {
    guard let stream else { return }
    RequestFrame.append(method, header: header, sequenceID: CallTable.noAnswer, request: request, into: &stream.out)
  }

  /// Sends a request and waits for its result. Cancelling the task gives the call up at once.
  package func call<M: RPCMethod>(
    _ method: M.Type, _ request: M.Request, header: M.Header, timeout: Duration
  ) async throws(RPCError) -> M.Response {
    if Task.isCancelled { throw .cancelled(node, M.name.description, wasSent: false) }
    let pending = PendingCall<M>(node: node)
    let result = await withTaskCancellationHandler {
      await suspendOnLoop { continuation in
        // The loop may have had turns since the look above; then `cancel` has come and gone.
        pending.continuation = continuation
        if Task.isCancelled {
          return pending.failed(token: 0, error: .cancelled(node, M.name.description, wasSent: false))
        }
        pending.sequenceID = begin(M.code, timeout: timeout, token: 0, sink: pending) { buffer, sequenceID in
          RequestFrame.append(method, header: header, sequenceID: sequenceID, request: request, into: &buffer)
        }
      }
    } onCancel: {
      EventLoop.shared.post { self.cancel(pending.sequenceID) }
    }
    return try result.get()
  }

  /// The sequence id, or nil when the call has failed already.
  private func begin(
    _ method: RPCCode, timeout: Duration, token: UInt64, sink: any ReplySink,
    encode: (inout ByteBuffer, Int32) -> Void
  ) -> Int32? {
    let now = EventLoop.shared.now
    let deadline = now + timeout
    // Made where it is used up: a copy would count one more user of the sink, a million times.
    func call(at position: UInt64 = CallTable.notAppended) -> CallTable.Call {
      CallTable.Call(
        sink: sink, token: token, started: now, deadline: deadline, position: position, method: method)
    }
    let sequenceID: Int32
    if let stream {
      guard let opened = calls.open(call(at: stream.totalAppended)) else { return refuse(call(), overload(method)) }
      sequenceID = opened
      encode(&stream.out, sequenceID)
    } else {
      let action = machine.call(at: now)
      if case .fail(let reason) = action { return refuse(call(), .connect(node, method.text, reason)) }
      guard let opened = calls.open(call()) else { return refuse(call(), overload(method)) }
      sequenceID = opened
      queue.append(sequenceID, encode)
      if action == .connectAndQueue { connect() }
    }
    if deadline < sweepTime { sweep(at: deadline) }
    return sequenceID
  }

  private func overload(_ method: RPCCode) -> RPCError {
    .overloaded(node, method.text, outstanding: calls.liveCount)
  }

  private func refuse(_ call: CallTable.Call, _ error: RPCError) -> Int32? {
    if refused.isEmpty {
      EventLoop.shared.atEndOfTurn {
        let refused = self.refused
        self.refused.removeAll()
        for (call, error) in refused { call.sink?.failed(token: call.token, error: error) }
      }
    }
    refused.append((call, error))
    return nil
  }

  private func cancel(_ sequenceID: Int32?) {
    guard let sequenceID, let call = calls.abandon(sequenceID) else { return }
    call.sink?.failed(token: call.token, error: .cancelled(node, call.method.text, wasSent: wasAppended(call)))
  }

  /// What was appended will be sent, even when nobody waits for it any more.
  private func wasAppended(_ call: CallTable.Call) -> Bool { call.position != CallTable.notAppended }

  // MARK: Deadlines

  /// One timer for all calls, at the earliest deadline.
  private func sweep(at deadline: Monotonic) {
    if let sweepTimer { EventLoop.shared.cancel(sweepTimer) }
    sweepTime = deadline
    // Not weakly: every use of an object that was ever referred to weakly takes twice the time.
    sweepTimer = EventLoop.shared.schedule(after: deadline - .now()) { self.sweep() }
  }

  private func sweep() {
    sweepTimer = nil
    sweepTime = Monotonic(nanoseconds: .max)
    let now = EventLoop.shared.now
    var expired: [CallTable.Call] = []
    let next = calls.expire(at: now, into: &expired)
    // Not more often than every few milliseconds, however the deadlines are spread: a sweep looks at every slot.
    if let next { sweep(at: max(next, now + .milliseconds(5))) }
    for call in expired {
      call.sink?.failed(
        token: call.token,
        error: .timeout(node, call.method.text, now - call.started, wasSent: wasAppended(call)))
    }
    if calls.abandonedCount > Self.abandonedLimit {
      disconnect("\(calls.abandonedCount) requests in a row have not been answered")
    }
  }

  // MARK: Connection

  private func connect() {
    let options = TCPConnector.Options(
      timeout: options.connectTimeout, silenceLimit: options.silenceLimit, resolvesAfresh: machine.failures > 0)
    connector = TCPConnector(host: node.host, port: node.port, options: options) { result in
      self.connector = nil
      switch result {
      case .success(let stream): self.connected(stream)
      case .failure(let error): self.connectFailed("\(error)")
      }
    }
  }

  private func connected(_ stream: TCPStream) {
    guard machine.connected() else { return stream.close() }
    connections += 1
    self.stream = stream
    stream.start(self)
    queue.move(to: stream, &calls)
  }

  private func connectFailed(_ reason: String) {
    machine.connectFailed(at: EventLoop.shared.now, reason: reason, jitter: .random(in: 0..<1))
    queue.removeAll()
    for call in calls.removeAll() {
      call.sink?.failed(token: call.token, error: .connect(node, call.method.text, reason))
    }
  }

  /// Ends the connection; every call that waits fails.
  private func disconnect(_ reason: String, garbage: ByteError? = nil) {
    let now = EventLoop.shared.now
    let written = stream?.totalWritten ?? 0
    stream?.close()
    stream = nil
    connector?.cancel()
    connector = nil
    queue.removeAll()
    machine.disconnected(at: now, reason: reason, jitter: .random(in: 0..<1))
    for call in calls.removeAll() {
      let wasSent = call.position < written
      let error: RPCError
      if let garbage, wasSent {
        error = .garbage(node, call.method.text, garbage)
      } else {
        error = .closed(node, call.method.text, reason: reason, after: now - call.started, wasSent: wasSent)
      }
      call.sink?.failed(token: call.token, error: error)
    }
  }

  /// Closes for good: outstanding calls fail, and so does every later one.
  package func close() {
    if let sweepTimer { EventLoop.shared.cancel(sweepTimer) }
    sweepTimer = nil
    disconnect("closed by this side")
    machine.close()
  }
}

extension RPCClient: TCPStreamHandler {
  package func streamReceived(_ stream: TCPStream, _ input: inout ByteBuffer) {
    guard stream === self.stream else { return input.removeAll() }
    var consumed = 0
    do throws(ByteError) {
      let bytes = input.bytes
      while self.stream === stream {
        let rest = bytes.extracting(consumed..<bytes.byteCount)
        guard let header = try FrameDecoder.nextReply(in: rest, limit: options.frameLimit) else { break }
        consumed += header.frameLength
        try take(header, rest)
      }
    } catch {
      disconnect("the server sent garbage \(error)", garbage: error)
    }
    input.consume(min(consumed, input.count))
  }

  private func take(_ header: ReplyHeader, _ frame: RawSpan) throws(ByteError) {
    switch calls.match(header.sequenceID) {
    case .call(let call):
      replies &+= 1
      if machine.state != .connected(isProven: true) { machine.replied() }
      guard let sink = call.sink else { return }
      var body = header.body(in: frame)
      do throws(ByteError) {
        try sink.received(token: call.token, error: header.error, body: &body)
      } catch {
        let error = error.shifted(by: header.bodyOffset)
        sink.failed(token: call.token, error: .garbage(node, call.method.text, error))
        disconnect("the reply to \(call.method.text) was garbage \(error)")
      }
    case .late:
      lateReplies &+= 1
    case .unknown:
      throw .invalid("sequence id \(header.sequenceID), which was never sent", at: 0)
    }
  }

  package func streamClosed(_ stream: TCPStream, _ error: SocketError?) {
    guard stream === self.stream else { return }
    disconnect(error.map { "\($0)" } ?? "the server closed it")
  }
}

extension RPCCode {
  /// The name on the wire.
  var text: String { name.description }
}
