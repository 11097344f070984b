import EventLoop
import PegasusClient
import PegasusProtocol

/// Rows that are tried again, after a pause and with fresh routing where that may help.
extension RowWriter {
  func later(_ index: Int32, because reason: String, refresh: Bool) {
    if isStopped { return release(index) }
    let now = EventLoop.shared.now
    // Nothing is hurried during a pause, and the patience begins again after it.
    if gate.isClosed { lastSignOfLife = now }
    if now - lastSignOfLife > options.giveUpAfter { return giveUp(index, because: reason) }
    retries += 1
    lastRetryReason = reason
    needsRefresh = needsRefresh || refresh
    slots[index].attempt += 1
    queue.append(index)
    guard queueTimer == nil else { return }
    let pause = target.table.cluster.options.retry.pause(after: Int(slots[index].attempt))
    queueTimer = EventLoop.shared.schedule(after: pause) { [weak self] in self?.retryQueue() }
  }

  /// The target's silence is not about this row, nor about any other: they are not done, and the partition has failed.
  private func giveUp(_ index: Int32, because reason: String) {
    givenUp = ClientError(
      .invalid("no write succeeded for \(options.giveUpAfter.brief); last: \(reason)"),
      while: target.table.phrase("write the rows of source partition \(partition)", "to"))
    release(index)
    stop()
  }

  private func retryQueue() {
    queueTimer = nil
    guard needsRefresh else { return resend() }
    needsRefresh = false
    Task { @LoopActor in
      do throws(ClientError) {
        try await self.target.refresh()
      } catch {
        // The table is gone or another one: that will not pass. A silent meta server will.
        switch error.reason {
        case .noSuchTable, .invalid: self.onFatal(error)
        default: break
        }
      }
      self.resend()
    }
  }

  private func resend() {
    let waiting = queue
    queue.removeAll(keepingCapacity: true)
    for index in waiting {
      if isStopped { release(index) } else { sendAgain(index) }
    }
  }
}
