import Bytes
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// What the target's answers mean for the rows of their slots.
extension RowWriter: ReplySink {
  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError) {
    let index = Int32(truncatingIfNeeded: token)
    guard error == .ok else { return refused(index, error) }
    lastSignOfLife = EventLoop.shared.now
    watch?.answered(sent: slots[index].sent, rows: slots[index].count)
    if options.mode == .putIfAbsent { return checked(index, try CheckAndSet.readResponse(&body)) }
    let answer = body
    let status = try HotReplies.updateStatus(&body)
    if status == .invalidArgument, options.mode == .duplicate, try refusesAll(answer) { return release(index) }
    guard status == .ok else { return rejected(index, status) }
    succeed(index)
  }

  func failed(token: UInt64, error: RPCError) {
    let index = Int32(truncatingIfNeeded: token)
    // As long as that it took at least.
    if case .timeout = error { watch?.answered(sent: slots[index].sent, rows: 0) }
    if error.mayHaveBeenApplied { slots[index].mayBeWritten = true }
    // One bad reply takes down all requests of its connection; most of them had nothing to do with it.
    if case .garbage = error { return later(index, because: "\(error)", refresh: false) }
    switch target.table.cluster.options.retry.verdict(on: error, repeatable: true) {
    case .retry(let refresh): later(index, because: "\(error)", refresh: refresh != .none)
    default: fail(index, "\(error)")
    }
  }

  /// One of the requests for a geo row has failed, after it was repeated until its time limit. They may all be repeated.
  func failed(_ index: Int32, _ error: ClientError) {
    switch error.reason {
    case .noLeader, .deadline, .outcomeUnknown, .cancelled:
      watch?.answered(sent: slots[index].sent, rows: 0)
      later(index, because: error.cause, refresh: true)
    case .storage(let status): rejected(index, status)
    case .refused(let code, _): refused(index, code)
    case .noSuchTable:
      release(index)
      onFatal(error)
    default: fail(index, error.cause)
    }
  }

  /// An error in the frame: the replica server did not take the request.
  private func refused(_ index: Int32, _ code: ErrorCode) {
    if code == .busy || code == .capacityExceeded || code == .splitting {
      // It answers, and asks for time: a table that is throttled is waited for, however long it takes.
      lastSignOfLife = EventLoop.shared.now
      watch?.refused(sent: slots[index].sent, because: code.name)
    }
    let policy = target.table.cluster.options.retry
    if policy.verdict(on: code, repeatable: false) == .outcomeUnknown { slots[index].mayBeWritten = true }
    switch policy.verdict(on: code, repeatable: true) {
    case .retry(let refresh): return later(index, because: code.name, refresh: refresh != .none)
    default: break
    }
    if code == .handlerNotFound, mayLearn() { return later(index, because: code.name, refresh: true) }
    // These are not about one row: nothing would be taken any more, and nothing has been done.
    if [.aclDeny, .unauthenticated, .operationDisabled, .appNotExist, .handlerNotFound].contains(code) {
      release(index)
      return onFatal(ClientError(.refused(code, hint: ""), while: target.table.phrase("write", "to")))
    }
    if slots[index].count > 1 { return split(index) }
    fail(index, code.name)
  }

  /// A server that is about to start does not know a request yet, and one that is too old never will: time tells.
  private func mayLearn() -> Bool {
    let now = EventLoop.shared.now
    // It answers; whether it learns is counted on its own.
    lastSignOfLife = now
    if gate.isClosed || lastUnknown + .seconds(5) < now { unknownSince = now }
    lastUnknown = now
    return now - unknownSince < options.giveUpAfter
  }

  /// A status of the storage engine other than ok.
  private func rejected(_ index: Int32, _ status: StorageStatus) {
    switch status {
    case .busy, .timedOut, .tryAgain, .ioError, .incomplete:
      watch?.refused(sent: slots[index].sent, because: status.name)
      slots[index].mayBeWritten = true
      later(index, because: "storage: \(status.name)", refresh: false)
    default:
      if slots[index].count > 1 { return split(index) }
      fail(index, "storage: \(status.name)")
    }
  }

  /// A refusal of duplicated writes as such, which is not about one row: the copy ends.
  private func refusesAll(_ answer: consuming ByteReader) throws(ByteError) -> Bool {
    let hint = try Duplicate.readResponse(&answer).errorHint ?? ""
    guard hint.contains("self-duplicating") || hint.contains("unconfigured") else { return false }
    onFatal(
      ClientError(
        .invalid("the target's servers do not take duplicated writes: \(hint)"),
        while: target.table.phrase("write", "to")))
    return true
  }

  private func checked(_ index: Int32, _ reply: CheckAndSetResponse) {
    switch reply.error {
    case .ok: succeed(index)
    case .tryAgain:
      // The row with our value: an earlier attempt, or an earlier run beyond its last checkpoint, has written it; or it was
      // there before, which cannot be told apart and makes no difference on the target.
      let slot = slots[index]
      if reply.checkValueReturned, reply.checkValueExist, let page = ledger.page(slot.number),
        reply.checkValue == (options.dropsValues ? [] : page.value(at: Int(slot.first)))
      {
        return succeed(index)
      }
      ledger.decide(slot.number, .existing)
      release(index)
    default: rejected(index, reply.error)
    }
  }

  /// Several rows that were refused together are tried one by one, so that one bad row costs one row.
  func split(_ index: Int32) {
    let slot = slots[index]
    guard let page = ledger.page(slot.number) else { return }
    let order = ledger.order(of: slot.number)
    retries += 1
    for place in slot.places {
      let number = slot.row(at: place, in: order)
      let row = page.rows[number]
      var single = SlotTable.Slot(
        number: slot.number, first: Int32(number), count: 1, bytes: Int64(row.keyLength + row.valueLength))
      single.weight = weight(of: single)
      pendingRows += 1
      send(slots.take(single), of: page)
    }
    release(index)
  }
}
