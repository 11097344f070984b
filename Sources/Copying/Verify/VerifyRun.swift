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
  let source: Table
  let target: Table
  let options: VerifyOptions
  let clock = ExpiryClock()
  let gate: Gate
  /// Rows and bytes read of both tables; can be changed while it runs.
  package let limiter: RateLimiter
  private let resumed: VerifyCheckpoint
  private var started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  private var left = VerifySide([])
  private var right = VerifySide([])
  private var same: Int64
  private var unlisted: Int64
  private(set) var suspects: [Suspect]
  private var keyBytes = 0
  private var mark: VerifyCheckpoint
  private var markMoved = false
  var round = 0
  /// Further looks that failed, one after another.
  var failedInARow = 0
  private var final: VerifyCounts?
  private var failure: ClientError?

  /// - Parameters:
  ///   - gate: reading waits while it is closed
  ///   - checkpoint: where an earlier run of the same verify stopped
  ///   - differing: the keys that differed up to there
  package init(
    source: Table, target: Table, options: VerifyOptions, gate: Gate = Gate(),
    resumingFrom checkpoint: VerifyCheckpoint = VerifyCheckpoint(), differing: [DifferingKey] = []
  ) {
    self.source = source
    self.target = target
    self.options = options
    self.gate = gate
    limiter = RateLimiter(rowsPerSecond: options.maxRowsPerSecond)
    resumed = checkpoint
    mark = checkpoint
    same = checkpoint.same
    unlisted = checkpoint.unlisted
    suspects = differing.map { Suspect($0) }
    keyBytes = differing.reduce(0) { $0 + $1.key.encoded.count }
  }

  /// Looks both tables up.
  ///
  /// - Throws: `ClientError` when a table is missing, a partition is out of range, or both tables are the same one
  package func prepare() async throws(ClientError) {
    let (from, to) = (try await source.router.refresh(), try await target.router.refresh())
    do throws(ClientError) {
      try await CopySafety.check(source: source, target: target)
    } catch {
      throw ClientError(error.reason, while: "verify")
    }
    var choice = RowChoice(filter: options.filter, sample: options.sample)
    var fromPartitions = (0..<Int32(from.count)).map { $0 }
    var toPartitions = (0..<Int32(to.count)).map { $0 }
    if let wanted = options.partitions {
      if let outside = wanted.first(where: { !from.partitions.indices.contains(Int($0)) }) {
        throw ClientError(
          .invalid("there is no partition \(outside): the table has \(from.count), from 0 to \(from.count - 1)"),
          while: source.phrase("verify"))
      }
      fromPartitions = Set(wanted).sorted()
      // In the midst of a split rows are not where their hashes say.
      if (from.partitions + to.partitions).allSatisfy({ $0.ballot >= 0 }) {
        let step = Self.commonDivisor(Int32(from.count), Int32(to.count))
        let remainders = Set(wanted.map { $0 % step })
        toPartitions = toPartitions.filter { remainders.contains($0 % step) }
      }
    }
    let position = try startPosition()
    // Two replies of each partition: the one that is compared, and the one ahead of it.
    let budget = max(options.memoryLimit / (2 * (fromPartitions.count + toPartitions.count)), 1)
    func cursors(_ table: Table, _ partitions: [Int32]) -> [VerifyCursor] {
      if resumed.isFinished { return [] }
      return partitions.map {
        VerifyCursor(
          table: table, partition: $0, choice: choice, options: options, pageBudget: budget, gate: gate,
          limiter: limiter, after: position)
      }
    }
    left = VerifySide(cursors(source, fromPartitions), rows: resumed.sourceRows)
    if options.partitions != nil { choice.home = (from, Set(fromPartitions)) }
    right = VerifySide(cursors(target, toPartitions), rows: resumed.targetRows)
  }

  private func startPosition() throws(ClientError) -> PegasusKey? {
    guard let position = resumed.position else { return nil }
    do {
      return try PegasusKey(encoded: position)
    } catch {
      throw ClientError(.invalid("the verify's position is no key: \(error)"), while: "verify")
    }
  }

  /// Compares. Cancelling the task ends it early, with what is known so far.
  package func run() async -> VerifyResult {
    started = ContinuousClock.now
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
      isFiltered: options.filter != RowFilter(), error: failure)
  }

  private var firstCounts: VerifyCounts {
    var counts = VerifyCounts()
    counts.sourceRows = left.rows
    counts.targetRows = right.rows
    counts.same = same
    return counts
  }

  private static func commonDivisor(_ a: Int32, _ b: Int32) -> Int32 { b == 0 ? a : commonDivisor(b, a % b) }

  // MARK: Where it stands

  /// The position, when it has moved since the last call.
  package func takeCheckpoint() -> VerifyCheckpoint? {
    guard markMoved else { return nil }
    markMoved = false
    return mark
  }

  /// Some of the keys that differed, in the order in which they were found.
  package func differing(_ range: Range<Int>) -> [DifferingKey] {
    suspects[range.clamped(to: suspects.indices)].map(\.differing)
  }

  /// Everything up to the last key is compared.
  private func moveMark(to position: [UInt8]?, isFinished: Bool = false) {
    mark = VerifyCheckpoint()
    mark.position = position
    mark.isFinished = isFinished
    mark.sourceRows = left.rows
    mark.targetRows = right.rows
    mark.same = same
    mark.unlisted = unlisted
    mark.differing = suspects.count
    markMoved = true
  }

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
      // Both are used up only by one and the same key.
      moveMark(to: (left.needsPage ? left : right).lastKey ?? mark.position)
    }
    moveMark(to: mark.position, isFinished: true)
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
        takeAlone(mine, of: left)
      } else if order > 0 {
        takeAlone(theirs, of: right)
      } else if !takesPart(mine) {
        left.advance(takesPart: false)
        right.advance(takesPart: false)
      } else {
        if mine.hasSameValue(as: theirs) && options.expiry.agree(mine.expiry, theirs.expiry) {
          same += 1
        } else {
          suspect(mine, theirs)
        }
        left.advance()
        right.advance()
      }
    case (let mine?, nil): takeAlone(mine, of: left)
    case (nil, let theirs?): takeAlone(theirs, of: right)
    case (nil, nil): break
    }
  }

  private func takeAlone(_ cursor: VerifyCursor, of side: VerifySide) {
    let takesPart = takesPart(cursor)
    if takesPart { suspect(side === left ? cursor : nil, side === left ? nil : cursor) }
    side.advance(takesPart: takesPart)
  }

  /// Of the rows that stand in for a sample without rows, the one with the smallest key of both tables takes part: what
  /// one side has in that place, the other one shows as well. Of the others that is not known.
  private func takesPart(_ cursor: VerifyCursor) -> Bool { !cursor.isStandIn || left.rows + right.rows == 0 }

  private func suspect(_ mine: VerifyCursor?, _ theirs: VerifyCursor?) {
    guard suspects.count < options.limit, keyBytes < options.keyLimit, let key = (mine ?? theirs)?.key else {
      unlisted += 1
      return
    }
    keyBytes += key.encoded.count
    suspects.append(Suspect(DifferingKey(key: key, source: mine?.look, target: theirs?.look)))
  }
}
