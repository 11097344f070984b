package import EventLoop
package import PegasusClient
import PegasusProtocol

/// A comparison of two tables: both are read once, in the order of their keys, and what differs is looked at again.
///
/// Each side merges all of its partitions into one sequence, so the partition counts do not matter. A page lies in memory
/// for a while before it is compared, and rows change under a running application: hence a difference counts only
/// when later looks at the very row find it again, unchanged.
@LoopActor
package final class VerifyRun {
  private let source: Table
  private let target: Table
  private let options: VerifyOptions
  private let started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  private let clock = ExpiryClock()
  private var left = VerifySide([])
  private var right = VerifySide([])
  private var same: Int64 = 0
  private var unlisted: Int64 = 0
  private var suspects: [Suspect] = []
  private var round = 0
  /// Further looks that failed, one after another.
  private var failedInARow = 0
  private var final: VerifyCounts?
  private var failure: ClientError?

  package init(source: Table, target: Table, options: VerifyOptions) {
    self.source = source
    self.target = target
    self.options = options
  }

  /// Looks both tables up.
  ///
  /// - Throws: `ClientError` when a table is missing, the partition is out of range, or both tables are the same one
  package func prepare() async throws(ClientError) {
    let from = try await source.router.refresh()
    let to = try await target.router.refresh()
    do throws(ClientError) {
      try await CopySafety.check(source: source, target: target)
    } catch {
      throw ClientError(error.reason, while: "verify")
    }
    var choice = RowChoice(filter: options.filter, sample: options.sample)
    var fromPartitions = (0..<Int32(from.count)).map { $0 }
    var toPartitions = (0..<Int32(to.count)).map { $0 }
    if let partition = options.partition {
      guard from.partitions.indices.contains(Int(partition)) else {
        throw ClientError(
          .invalid("there is no partition \(partition): the table has \(from.count), from 0 to \(from.count - 1)"),
          while: source.phrase("verify"))
      }
      fromPartitions = [partition]
      // In the midst of a split rows are not where their hashes say.
      if (from.partitions + to.partitions).allSatisfy({ $0.ballot >= 0 }) {
        let step = Self.commonDivisor(Int32(from.count), Int32(to.count))
        toPartitions = toPartitions.filter { $0 % step == partition % step }
      }
    }
    left = VerifySide(
      fromPartitions.map { VerifyCursor(table: source, partition: $0, choice: choice, options: options) })
    if let partition = options.partition { choice.home = (from, partition) }
    right = VerifySide(
      toPartitions.map { VerifyCursor(table: target, partition: $0, choice: choice, options: options) })
  }

  /// Compares. Cancelling the task ends it early, with what is known so far.
  package func run() async -> VerifyResult {
    do throws(ClientError) {
      try await compare()
      try await lookAgain()
    } catch {
      failure = error
    }
    left.close()
    right.close()
    ended = ContinuousClock.now
    let isConfirmed = failure == nil
    let findings = suspects.map { $0.finding(isConfirmed: isConfirmed) }
    var counts = firstCounts
    counts.unconfirmed = unlisted
    for finding in findings { counts.add(finding) }
    final = counts
    return VerifyResult(snapshot: snapshot, findings: findings, unlisted: unlisted)
  }

  package var snapshot: VerifySnapshot {
    var counts = firstCounts
    counts.unconfirmed = unlisted + Int64(suspects.count)
    return VerifySnapshot(
      counts: final ?? counts, suspects: suspects.count { $0.settled == nil }, round: round,
      finishedSourcePartitions: left.finishedPartitions, sourcePartitions: left.cursors.count,
      finishedTargetPartitions: right.finishedPartitions, targetPartitions: right.cursors.count,
      elapsed: (ended ?? ContinuousClock.now) - started, isComplete: left.isComplete && right.isComplete,
      error: failure)
  }

  private var firstCounts: VerifyCounts {
    var counts = VerifyCounts()
    counts.sourceRows = left.rows
    counts.targetRows = right.rows
    counts.same = same
    return counts
  }

  private static func commonDivisor(_ a: Int32, _ b: Int32) -> Int32 { b == 0 ? a : commonDivisor(b, a % b) }

  // MARK: The first look

  private func compare() async throws(ClientError) {
    let (left, right) = (left, right)
    async let other = Self.start(right)
    let mine = await Self.start(left)
    let theirs = await other
    try mine.get()
    try theirs.get()
    while left.first != nil || right.first != nil {
      if Task.isCancelled { throw ClientError(.cancelled, while: "verify") }
      if left.needsPage { try await left.fill() }
      if right.needsPage { try await right.fill() }
      while !left.needsPage && !right.needsPage, left.first != nil || right.first != nil { compareOne() }
    }
  }

  private static func start(_ side: VerifySide) async -> Result<Void, ClientError> {
    do throws(ClientError) {
      return .success(try await side.start())
    } catch {
      return .failure(error)
    }
  }

  private func compareOne() {
    switch (left.first, right.first) {
    case (let mine?, let theirs?):
      let order = mine.order(to: theirs)
      if order < 0 {
        suspect(mine, nil)
        left.advance()
      } else if order > 0 {
        suspect(nil, theirs)
        right.advance()
      } else {
        if mine.hasSameValue(as: theirs) && agrees(mine.expiry, theirs.expiry) {
          same += 1
        } else {
          suspect(mine, theirs)
        }
        left.advance()
        right.advance()
      }
    case (let mine?, nil):
      suspect(mine, nil)
      left.advance()
    case (nil, let theirs?):
      suspect(nil, theirs)
      right.advance()
    case (nil, nil): break
    }
  }

  private func suspect(_ mine: VerifyCursor?, _ theirs: VerifyCursor?) {
    guard suspects.count < options.limit, let key = (mine ?? theirs)?.key else {
      unlisted += 1
      return
    }
    suspects.append(Suspect(key: key, source: mine?.look, target: theirs?.look))
  }

  private func agrees(_ mine: UInt32, _ theirs: UInt32) -> Bool {
    if options.ignoresExpiry || mine == theirs { return true }
    return mine > 0 && theirs > 0 && max(mine, theirs) - min(mine, theirs) <= options.expiryTolerance
  }

  // MARK: Further looks

  private func lookAgain() async throws(ClientError) {
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
    // Each row would wait for its time limit: a side that answers nothing is not asked a hundred thousand times.
    guard failedInARow < 2 * options.maxConcurrentLooks else {
      return suspect.couldNotBeRead("not tried, because \(failedInARow) reads before it failed")
    }
    do throws(ClientError) {
      let mine = try await row(suspect.key, of: source)
      let theirs = try await row(suspect.key, of: target)
      var equal = mine == nil && theirs == nil
      if let mine, let theirs { equal = mine.value == theirs.value && agrees(mine.expiry, theirs.expiry) }
      suspect.see(
        source: mine?.look, target: theirs?.look, agrees: equal, now: clock.now, options: options)
      failedInARow = 0
    } catch {
      if error.isCancellation { return }
      failedInARow += 1
      suspect.couldNotBeRead(error.cause)
    }
  }

  /// Reads one row with its expiry: a scan from the key to itself, since a get does not say when a row expires.
  private func row(_ key: PegasusKey, of table: Table) async throws(ClientError) -> VerifyRow? {
    var scan = ScanOptions()
    scan.returnExpiry = true
    scan.start = key
    scan.stop = key
    scan.stopInclusive = true
    scan.replyLimit = options.timeout
    scan.pageLimit = options.timeout
    let partition = try await table.partitions().index(for: key.partitionHash)
    let scanner = PartitionScanner(table: table, partition: partition, options: scan)
    while let page = try await scanner.next() {
      guard let row = page.rows.first else { continue }
      scanner.close()
      return VerifyRow(value: page.value(at: 0), expiry: row.expireTimestamp)
    }
    return nil
  }
}

/// A row as a further look finds it.
struct VerifyRow {
  var value: [UInt8]
  var expiry: UInt32

  var look: RowLook { RowLook(value: value.span.bytes, expiry: expiry) }
}
