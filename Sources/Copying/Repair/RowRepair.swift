import EventLoop
import PegasusClient
import PegasusProtocol

/// The repair of one row: looks, decides, writes and looks again.
@LoopActor
struct RowRepair {
  /// What both sides held at one look.
  private struct Looks: Equatable {
    var source: RowLook?
    var target: RowLook?
  }

  private enum Writing { case done, changed, unknown }

  /// Bytes of the seen and the new value up to which a conditional write is sent: both travel in one request, and servers
  /// refuse one of more than a megabyte by default (`max_allowed_write_size`).
  private static let largestCondition = 512 << 10

  private let run: RepairRun
  private let finding: RepairFinding
  private let options: RepairOptions
  private let rule: ExpiryRule
  /// What was written, and acknowledged.
  private var written: RepairDecision.Outcome?
  /// What may have been written: the answer was lost.
  private var perhaps: RepairDecision.Outcome?
  private var wasUnconditional = false

  init(run: RepairRun, finding: RepairFinding) {
    self.run = run
    self.finding = finding
    options = run.options
    rule = ExpiryRule(isIgnored: options.expiry.isIgnored || options.dropsExpiry, tolerance: options.expiry.tolerance)
  }

  /// - Throws: `ClientError` when the row could not be read or written; cancelled when it was given up undecided
  mutating func decide() async throws(ClientError) -> RepairDecision {
    do throws(ClientError) {
      return try await lookAndWrite()
    } catch {
      // What was acknowledged is done, whatever keeps us from looking at it again.
      if error.isCancellation, let written { return decision(written) }
      throw error
    }
  }

  private mutating func lookAndWrite() async throws(ClientError) -> RepairDecision {
    var before = finding.hasLooks ? Looks(source: finding.source, target: finding.target) : nil
    var waits = false
    for _ in 0..<max(options.rounds, 2) {
      if waits {
        do { try await loopSleep(options.delay) } catch { throw ClientError(.cancelled, while: "repair") }
      }
      waits = true
      // The source last: what is written is as fresh as it can be.
      let theirs = try await read(run.target, as: run.appIDs?.target)
      let mine = try await read(run.source, as: run.appIDs?.source)
      if agree(mine, theirs) { return decision(written ?? perhaps ?? .same) }
      if mine == nil && !options.deletesExtra { return decision(.skipped) }
      if written == .mended, let mine, let theirs, mine.value == theirs.value, mine.expiry == 0, theirs.expiry > 0 {
        return decision(.failed, because: "the target gave the row an expiry of its own (its default_ttl)")
      }
      let looks = Looks(source: mine?.look, target: theirs?.look)
      guard looks == before else {
        before = looks
        continue
      }
      before = nil
      let outcome: RepairDecision.Outcome = mine == nil ? .deleted : .mended
      if options.isDryRun { return decision(outcome) }
      switch try await write(mine, over: theirs) {
      case .done:
        written = outcome
        waits = false
      case .unknown: perhaps = outcome
      case .changed: break
      }
    }
    return decision(.changing)
  }

  private func decision(_ outcome: RepairDecision.Outcome, because reason: String = "") -> RepairDecision {
    let isWrite = outcome == .mended || outcome == .deleted
    return RepairDecision(
      finding: finding, outcome: outcome, reason: reason, wasUnconditional: isWrite && wasUnconditional)
  }

  // MARK: Looking

  private func read(_ table: Table, as appID: Int32?) async throws(ClientError) -> RowRead? {
    let row = try await RowRead.find(
      finding.key, in: table, timeout: options.timeout, patience: options.giveUpAfter)
    run.sawLife()
    // A table that was made again is empty: nothing may be deleted because of it.
    let present = try await table.partitions().appID
    if let appID, appID != present {
      throw ClientError(
        .invalid("the table was dropped and created again (id \(appID), now \(present)) during the repair"),
        while: table.phrase("repair", "with"))
    }
    if let row, !row.hasExpiry, !rule.isIgnored {
      throw ClientError(
        .invalid("the servers do not say when rows expire (they are older than 2.3); leave expiries out with --no_ttl"),
        while: table.phrase("repair", "with"))
    }
    return row
  }

  private func agree(_ mine: RowRead?, _ theirs: RowRead?) -> Bool {
    if rule.agree(mine, theirs) { return true }
    guard mine == nil || theirs == nil else { return false }
    for row in [mine, theirs] { run.clock.learn(alive: row?.look.expiry ?? 0) }
    let now = run.clock.now
    if rule.isOver((mine ?? theirs)?.look, now: now) { return true }
    // It has expired on one side, and lives for ever on the other, where that is as it should be.
    return rule.isIgnored && rule.isOver(mine == nil ? finding.source : finding.target, now: now)
  }

  // MARK: Writing

  private mutating func write(_ mine: RowRead?, over theirs: RowRead?) async throws(ClientError) -> Writing {
    let size = (mine?.value.count ?? 0) + (theirs?.value.count ?? 0)
    let isConditional = !options.isUnconditional && size <= Self.largestCondition
    wasUnconditional = !isConditional
    let began = ContinuousClock.now
    while true {
      do throws(ClientError) {
        let isApplied = try await attempt(mine, over: theirs, isConditional)
        run.sawLife()
        return isApplied ? .done : .changed
      } catch {
        switch error.reason {
        case .outcomeUnknown: return .unknown
        case .deadline, .noLeader:
          if Task.isCancelled { throw ClientError(.cancelled, while: "repair") }
          guard ContinuousClock.now - began < options.giveUpAfter else { throw error }
        default:
          throw isConditional && error.code == .operationDisabled ? Self.refusesConditions(error) : error
        }
      }
    }
  }

  /// Pegasus 2.0–2.6: what servers say of a table that is being duplicated, unless its writes are made idempotent.
  private static func refusesConditions(_ error: ClientError) -> ClientError {
    ClientError(
      .refused(
        .operationDisabled,
        hint: "the target's servers refuse conditional writes, as they do for a table that is being duplicated; "
          + "--unconditional writes without"),
      while: error.action)
  }

  /// One request. It is not cancelled with the repair: its answer says what became of the row.
  private func attempt(
    _ mine: RowRead?, over theirs: RowRead?, _ isConditional: Bool
  ) async throws(ClientError) -> Bool {
    let (key, target, limit) = (finding.key, run.target, options.timeout)
    let expiry = options.dropsExpiry ? 0 : mine?.expiry ?? 0
    let (new, seen) = (mine?.value, theirs?.value)
    return try await Task { @LoopActor () -> Result<Bool, ClientError> in
      do throws(ClientError) {
        guard let new else {
          guard isConditional, let seen else {
            _ = try await target.delete(key, limit: limit)
            return .success(true)
          }
          return .success(try await target.delete(key, ifValueIs: seen, limit: limit))
        }
        guard isConditional else {
          _ = try await target.set(key, value: new, ttl: .expiry(expiry), limit: limit)
          return .success(true)
        }
        return .success(
          try await target.set(key, value: new, ttl: .expiry(expiry), ifValueIs: seen, limit: limit))
      } catch {
        return .failure(error)
      }
    }.value.get()
  }
}
