import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient

/// What is told about a count, while it runs and at its end.
struct CountReport: Sendable {
  let plan: CountPlan

  // MARK: While it runs

  func progress(of snapshot: CountRun.Snapshot, _ meter: inout ProgressMeter, estimate: Int64?) -> JobProgress {
    let findings = snapshot.findings
    var progress = JobProgress(step: CountWork.step, verb: "Count", unit: "rows")
    progress.elapsed = snapshot.elapsed
    progress.account = [JobProgress.Count(name: "rows", count: findings.rows)]
    if plan.options.countsHashKeys {
      progress.account.append(JobProgress.Count(name: "hash keys", count: findings.hashKeys))
    }
    progress.done = findings.rows
    progress.total = estimate
    progress.parts = snapshot.partitions.map {
      JobProgress.Part(
        number: $0.partition, state: $0.isDone ? "done" : $0.rows > 0 ? "running" : "waiting", done: $0.rows)
    }
    progress.finishedParts = snapshot.finishedPartitions
    progress.partCount = snapshot.partitions.count
    progress.ending = snapshot.error?.cause ?? ""
    let left = estimate.flatMap { $0 > findings.rows ? $0 - findings.rows : nil }
    let fraction = left.map { Double(findings.rows) / Double(findings.rows + $0) }
    meter.measure(&progress, decided: findings.rows, left: left, fraction: fraction)
    return progress
  }

  // MARK: At the end

  func outcome(of result: CountRun.Snapshot, isOutOfTime: Bool) -> JobOutcome {
    let isEnough = result.isComplete || isOutOfTime
    let ending =
      result.isComplete ? "done" : isOutOfTime ? "terminated as run time used out" : "terminated as error occurred"
    let hashKeys = plan.options.countsHashKeys ? " (\(result.findings.hashKeys) hash keys)" : ""
    let headline = "Count \(ending), total \(result.findings.rows) rows\(hashKeys)."
    var lines = isOutOfTime ? ["INFO: reached run seconds, terminate processing"] : []
    lines += result.partitions.map { "INFO: split[\($0.partition)]: \($0.rows) rows" }
    lines.append(headline)
    if plan.options.measuresSizes { lines += sizes(result.findings) }
    var json = json(result)
    var problem: ShellError?
    if !isEnough {
      problem = ShellError(result.error ?? ClientError(.cancelled, while: "count"))
      json["error"] = problem.map { .string($0.message) }
    }
    return JobOutcome(
      isComplete: isEnough, status: (problem?.status ?? .ok).rawValue, headline: headline, lines: lines,
      advice: problem?.advice ?? "", result: .object(json))
  }

  private func sizes(_ findings: CountFindings) -> [String] {
    var lines = [""]
    for (name, histogram) in Self.histograms(findings) {
      // The text ends in a line feed.
      lines += HistogramText.text(name, histogram).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
    }
    for (index, row) in findings.largest.rows.enumerated() {
      lines.append("[top][\(index + 1)].hash_key = \(quoted(row.hashKey))")
      lines.append("[top][\(index + 1)].sort_key = \(quoted(row.sortKey))")
      lines.append("[top][\(index + 1)].row_size = \(row.size)")
    }
    return lines
  }

  private static func histograms(_ findings: CountFindings) -> [(String, SizeHistogram)] {
    [
      ("hash_key_size", findings.hashKeySizes), ("sort_key_size", findings.sortKeySizes),
      ("value_size", findings.valueSizes), ("row_size", findings.rowSizes),
    ]
  }

  private func json(_ result: CountRun.Snapshot) -> JSONObject {
    var object: JSONObject = [
      "complete": .bool(result.isComplete), "rows": .integer(result.findings.rows),
      "partitions": .array(
        result.partitions.map {
          .object(["partition": .integer(Int64($0.partition)), "rows": .integer($0.rows), "done": .bool($0.isDone)])
        }),
    ]
    if plan.options.countsHashKeys { object["hash_keys"] = .integer(result.findings.hashKeys) }
    guard plan.options.measuresSizes else { return object }
    for (name, histogram) in Self.histograms(result.findings) {
      object[name] = .object([
        "count": .integer(Int64(clamping: histogram.count)), "average": .number(histogram.average),
        "min": .integer(Int64(clamping: histogram.count == 0 ? 0 : histogram.smallest)),
        "max": .integer(Int64(clamping: histogram.largest)), "p50": .number(histogram.percentile(50)),
        "p99": .number(histogram.percentile(99)),
      ])
    }
    object["largest"] = .array(
      result.findings.largest.rows.map {
        .object([
          "hash_key": .bytes($0.hashKey), "sort_key": .bytes($0.sortKey), "row_size": .integer(Int64($0.size)),
        ])
      })
    return object
  }
}
