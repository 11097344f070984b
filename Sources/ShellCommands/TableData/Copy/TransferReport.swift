import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient

/// What is told about a copy or clearing, while it runs and at its end.
struct TransferReport: Sendable {
  /// "Copy": begins the closing lines.
  let verb: String

  /// What became of the rows is called so: "copied", "deleted".
  private var done: String { verb == "Clear" ? "deleted" : "copied" }

  // MARK: While it runs

  func progress(of snapshot: CopySnapshot, _ meter: inout ProgressMeter, limit: JobRate) -> JobProgress {
    let counts = snapshot.counts
    var progress = JobProgress(step: TransferWork.step, verb: verb, unit: "rows")
    progress.elapsed = snapshot.elapsed
    progress.account = account(counts).map { JobProgress.Count(name: $0.name, count: $0.count) }
    progress.done = counts.copied
    progress.total = snapshot.estimatedRows
    progress.bytes = snapshot.bytes
    // The journal keeps the first ones only: those at work, the slowest of them in front.
    progress.parts = snapshot.partitions.sorted { Self.rank($0) < Self.rank($1) }.map(Self.part)
    progress.finishedParts = snapshot.finishedPartitions
    progress.partCount = snapshot.partitions.count
    progress.slowestPart = snapshot.slowest.map(Self.part)
    progress.retries = snapshot.retries
    progress.lastRetryReason = snapshot.lastRetryReason
    progress.limit = limit == .off ? "" : limit.description
    progress.slowed = snapshot.slowed ?? ""
    progress.ending = snapshot.stopReason ?? ""
    meter.measure(
      &progress, decided: counts.read - counts.pending, left: snapshot.rowsLeft, fraction: snapshot.fractionDone)
    return progress
  }

  private static func part(_ partition: PartitionProgress) -> JobProgress.Part {
    JobProgress.Part(
      number: partition.partition, state: partition.state.rawValue, done: partition.counts.read,
      note: partition.lastRetryReason)
  }

  private static func rank(_ partition: PartitionProgress) -> (Int, Int64, Int32) {
    let order: Int =
      switch partition.state {
      case .failed: 0
      case .running: 1
      case .stopped, .done: 2
      case .waiting: 3
      }
    return (order, partition.counts.read, partition.partition)
  }

  /// What became of the rows, in the order in which it is shown.
  private func account(_ counts: RowCounts) -> [(name: String, count: Int64)] {
    let all = [
      ("read", counts.read), (done, counts.copied), ("filtered", counts.filtered), ("expired", counts.expired),
      ("existing", counts.existing), ("failed", counts.failed),
    ]
    return counts.pending == 0 ? all : all + [("on the way", counts.pending)]
  }

  // MARK: At the end

  func outcome(of result: CopyResult) -> JobOutcome {
    let counts = result.snapshot.counts
    var lines = result.firstFailures.map { failure in
      "ERROR: split[\(failure.partition)] row \(quoted(failure.hashKey)) : \(quoted(failure.sortKey)) not written: "
        + failure.reason
    }
    lines += result.snapshot.partitions.map { "INFO: split[\($0.partition)]: \($0.counts.copied) rows" }
    lines.append("INFO: " + accountLine(counts))
    let problem = problem(of: result)
    var json = Self.json(result)
    if let problem { json["error"] = .string(problem.message) }
    return JobOutcome(
      isComplete: result.isComplete, status: (problem?.status ?? .ok).rawValue,
      headline: "\(verb) \(result.isComplete ? "done" : "terminated"), total \(counts.copied) rows.", lines: lines,
      advice: problem?.advice ?? "", result: .object(json))
  }

  private func accountLine(_ counts: RowCounts) -> String {
    let parts = account(counts)
    return "read \(counts.read) = " + parts.dropFirst().map { "\($0.name) \($0.count)" }.joined(separator: " + ")
  }

  /// Why it is not complete.
  private func problem(of result: CopyResult) -> ShellError? {
    let counts = result.snapshot.counts
    if let error = result.error {
      guard error.isCancellation else { return ShellError(error) }
      return ShellError("stopped after \(counts.copied) rows", status: .interrupted)
    }
    if counts.failed > 0 {
      let reasons = result.failureReasons.sorted { $0.value > $1.value }.prefix(3)
        .map { "\($0.value)x \($0.key)" }.joined(separator: "; ")
      return ShellError("\(counts.failed) of \(counts.read) rows were not written: \(reasons)")
    }
    return result.isComplete ? nil : ShellError("not every partition was read to its end")
  }

  private static func json(_ result: CopyResult) -> JSONObject {
    let snapshot = result.snapshot
    return [
      "complete": .bool(result.isComplete),
      "seconds": .number(snapshot.elapsed.inSeconds),
      "rows": json(snapshot.counts),
      "bytes": .integer(snapshot.bytes),
      "retries": .integer(snapshot.retries),
      "partitions": .array(
        snapshot.partitions.map {
          .object([
            "partition": .integer(Int64($0.partition)), "state": .string($0.state.rawValue),
            "rows": json($0.counts), "retries": .integer($0.retries),
          ])
        }),
    ]
  }

  private static func json(_ counts: RowCounts) -> JSONValue {
    .object([
      "read": .integer(counts.read), "copied": .integer(counts.copied), "filtered": .integer(counts.filtered),
      "expired": .integer(counts.expired), "existing": .integer(counts.existing), "failed": .integer(counts.failed),
    ])
  }
}
