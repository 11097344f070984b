import EventLoop
import PegasusClient
import PegasusProtocol

/// The further looks at what differed.
extension VerifyRun {
  func lookAgain() async throws(ClientError) {
    while round < options.rounds {
      let open = suspects.filter { $0.settled == nil }
      if open.isEmpty { return }
      round += 1
      failedInARow = 0
      do { try await loopSleep(options.delay) } catch { throw ClientError(.cancelled, while: "verify") }
      await runAll(open, atMost: options.maxConcurrentLooks, while: { true }) { suspect in
        await self.look(at: suspect)
      }
      if Task.isCancelled { throw ClientError(.cancelled, while: "verify") }
    }
  }

  private func look(at suspect: Suspect) async {
    do { try await gate.pass() } catch { return }
    // Each row would wait for its time limit: a side that answers nothing is not asked a hundred thousand times.
    guard failedInARow < 2 * options.maxConcurrentLooks else {
      return suspect.couldNotBeRead("not tried, because \(failedInARow) reads before it failed")
    }
    do throws(ClientError) {
      let mine = try await row(suspect.key, of: source)
      let theirs = try await row(suspect.key, of: target)
      for row in [mine, theirs] { clock.learn(alive: row?.look.expiry ?? 0) }
      suspect.see(
        source: mine?.look, target: theirs?.look, agrees: options.expiry.agree(mine, theirs), now: clock.now,
        rule: options.expiry)
      failedInARow = 0
    } catch {
      if error.isCancellation { return }
      failedInARow += 1
      suspect.couldNotBeRead(error.cause)
    }
  }

  private func row(_ key: PegasusKey, of table: Table) async throws(ClientError) -> RowRead? {
    try await RowRead.find(key, in: table, timeout: options.timeout, patience: options.timeout)
  }
}
