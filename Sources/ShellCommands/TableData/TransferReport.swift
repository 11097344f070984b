import JSON
import Copying
import EventLoop
import PegasusClient
import Terminal

/// Shows a running copy or clearing once a second, and how it ended.
@LoopActor
final class TransferReport {
  private let verb: String
  private let title: String
  private var meter = RateMeter()
  private var seconds = 0
  private var lastRows: Int64 = 0
  private var largestFraction = 0.0

  /// - Parameters:
  ///   - verb: "Copy": begins the closing lines
  ///   - title: what goes where, for the block on a terminal
  init(verb: String, title: String) {
    self.verb = verb
    self.title = title
  }

  /// Runs it to its end.
  ///
  /// - Throws: `ShellError` when rows failed or it ended early
  func follow(_ run: CopyRun, in session: Session, asJSON: Bool) async throws {
    let view = ProgressView()
    session.output.progress = view
    meter.add(total: 0, at: 0)
    let ticker = Task { @LoopActor in
      while !Task.isCancelled {
        try await loopSleep(.seconds(1))
        self.show(run.snapshot, on: view)
      }
    }
    let result = await run.run()
    ticker.cancel()
    // The prompt is in use again.
    if view.isAbandoned { throw CancellationError() }
    if seconds == 0 || !view.isRepainting { show(result.snapshot, on: view) }
    view.finish()
    session.output.progress = nil
    try report(result, in: session, asJSON: asJSON || session.output.isJSON)
  }

  // MARK: While it runs

  private func show(_ snapshot: CopySnapshot, on view: ProgressView) {
    seconds += 1
    let rows = snapshot.counts.copied
    let step = rows - lastRows
    lastRows = rows
    meter.add(total: snapshot.counts.read - snapshot.counts.pending, at: snapshot.elapsed.inSeconds)
    let splits = "(\(snapshot.finishedPartitions)/\(snapshot.partitions.count)) splits"
    view.update(
      block: block(snapshot, step),
      plain: "INFO: processed for \(snapshot.elapsed.components.seconds) seconds, \(splits), "
        + "total \(rows) rows, last second \(step) rows"
        + (snapshot.stopReason == nil ? "" : ", error occurred, terminating..."))
  }

  private func block(_ snapshot: CopySnapshot, _ step: Int64) -> [String] {
    let counts = snapshot.counts
    var head = "\(verb) \(title)  \(Format.duration(snapshot.elapsed))"
    if let fraction = snapshot.fractionDone {
      // An estimate that turns out too low must not make the bar go back.
      largestFraction = max(largestFraction, fraction)
      head +=
        "  \(ProgressBar.text(fraction: largestFraction, width: 22)) \(Format.fixed(largestFraction * 100, decimals: 1))%"
    }
    let perSecond = snapshot.elapsed.inSeconds > 0 ? Double(snapshot.bytes) / snapshot.elapsed.inSeconds : 0
    var speed = "  \(Format.grouped(Int(counts.copied))) rows, last second \(Format.grouped(Int(step)))"
    speed += ", \(Format.rate(meter.recent)), \(Format.size(perSecond))/s"
    let left = snapshot.rowsLeft.flatMap { meter.secondsLeft(remaining: $0) }
    speed += ", ETA " + (left.map { Format.duration(.seconds($0)) } ?? "unknown")
    var parts = "  partitions \(snapshot.finishedPartitions)/\(snapshot.partitions.count) done"
    if let slowest = snapshot.slowest { parts += ", slowest \(slowest.partition) at \(slowest.counts.read) rows" }
    var lines = [head, speed, "  " + Self.shortAccount(counts), parts]
    if snapshot.retries > 0 { lines.append("  retries \(snapshot.retries), last: \(snapshot.lastRetryReason)") }
    if let reason = snapshot.stopReason { lines.append("  ending: \(reason)") }
    return lines
  }

  /// The account without what is 0, which fits into a line.
  private static func shortAccount(_ counts: RowCounts) -> String {
    let others = [
      ("filtered", counts.filtered), ("expired", counts.expired), ("existing", counts.existing),
      ("failed", counts.failed), ("on the way", counts.pending),
    ]
    return "read \(counts.read) = copied \(counts.copied)"
      + others.filter { $0.1 != 0 }.map { " + \($0.0) \($0.1)" }.joined()
  }

  // MARK: At the end

  private static func account(_ counts: RowCounts) -> String {
    "read \(counts.read) = copied \(counts.copied) + filtered \(counts.filtered) + expired \(counts.expired)"
      + " + existing \(counts.existing) + failed \(counts.failed)"
      + (counts.pending == 0 ? "" : " + on the way \(counts.pending)")
  }

  private func report(_ result: CopyResult, in session: Session, asJSON: Bool) throws {
    let output = session.output
    let counts = result.snapshot.counts
    for failure in result.firstFailures {
      output.error(
        "split[\(failure.partition)] row \(quoted(failure.hashKey)) : \(quoted(failure.sortKey)) not written: "
          + failure.reason)
    }
    for part in result.snapshot.partitions { output.info("split[\(part.partition)]: \(part.counts.copied) rows") }
    output.info(Self.account(counts).replacing("copied", with: verb == "Clear" ? "deleted" : "copied"))
    if asJSON {
      output.json(json(result))
    } else {
      output.line("\(verb) \(result.isComplete ? "done" : "terminated"), total \(counts.copied) rows.")
    }
    if let error = result.error {
      if error.isCancellation {
        throw ShellError(
          "stopped after \(counts.copied) rows", advice: "running it again begins anew", status: .interrupted)
      }
      throw error
    }
    if counts.failed > 0 {
      let reasons = result.failureReasons.sorted { $0.value > $1.value }.prefix(3)
        .map { "\($0.value)x \($0.key)" }.joined(separator: "; ")
      throw ShellError("\(counts.failed) of \(counts.read) rows were not written: \(reasons)")
    }
    guard result.isComplete else { throw ShellError("not every partition was read to its end") }
  }

  private func json(_ result: CopyResult) -> JSONValue {
    let snapshot = result.snapshot
    return .object([
      "complete": .bool(result.isComplete),
      "seconds": .number(snapshot.elapsed.inSeconds),
      "rows": Self.json(snapshot.counts),
      "bytes": .integer(snapshot.bytes),
      "retries": .integer(snapshot.retries),
      "partitions": .array(
        snapshot.partitions.map {
          .object([
            "partition": .integer(Int64($0.partition)), "state": .string($0.state.rawValue),
            "rows": Self.json($0.counts), "retries": .integer($0.retries),
          ])
        }),
    ])
  }

  private static func json(_ counts: RowCounts) -> JSONValue {
    .object([
      "read": .integer(counts.read), "copied": .integer(counts.copied), "filtered": .integer(counts.filtered),
      "expired": .integer(counts.expired), "existing": .integer(counts.existing), "failed": .integer(counts.failed),
    ])
  }
}
