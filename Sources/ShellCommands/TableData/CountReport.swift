import JSON
import Copying
import EventLoop
import PegasusClient
import Terminal

/// Shows a running count once a second, and what it found.
@LoopActor
final class CountReport {
  private let command: CountData
  private var seconds = 0
  private var lastRows: Int64 = 0

  init(_ command: CountData) { self.command = command }

  /// - Throws: `ShellError` when the count is not the whole one
  func follow(_ run: CountRun, in session: Session) async throws {
    let view = ProgressView()
    session.output.progress = view
    let counting = Task { @LoopActor in await run.run() }
    let ticker = Task { @LoopActor in
      while !Task.isCancelled {
        try await loopSleep(.seconds(1))
        self.show(run.snapshot, on: view)
        if self.command.runSeconds > 0, self.seconds >= self.command.runSeconds { counting.cancel() }
      }
    }
    let result = await withTaskCancellationHandler {
      await counting.value
    } onCancel: {
      counting.cancel()
    }
    ticker.cancel()
    // The prompt is in use again.
    if view.isAbandoned { throw CancellationError() }
    let isOutOfTime =
      command.runSeconds > 0 && seconds >= command.runSeconds && !Task.isCancelled && !result.isComplete
    if seconds == 0 || !view.isRepainting { show(result, on: view) }
    view.finish()
    session.output.progress = nil
    if isOutOfTime { session.output.info("reached run seconds, terminate processing") }
    try report(result, isOutOfTime: isOutOfTime, in: session)
  }

  private func show(_ snapshot: CountRun.Snapshot, on view: ProgressView) {
    seconds += 1
    let rows = snapshot.findings.rows
    let step = rows - lastRows
    lastRows = rows
    let hashKeys = command.countsHashKeys ? " (\(snapshot.findings.hashKeys) hash keys)" : ""
    let line =
      "processed for \(snapshot.elapsed.components.seconds) seconds, (\(snapshot.finishedPartitions)/\(snapshot.partitions.count)) splits, "
      + "total \(rows) rows\(hashKeys), last second \(step) rows"
    view.update(block: [line], plain: "INFO: " + line)
  }

  private func report(_ result: CountRun.Snapshot, isOutOfTime: Bool, in session: Session) throws {
    let output = session.output
    for part in result.partitions { output.info("split[\(part.partition)]: \(part.rows) rows") }
    let ending =
      result.isComplete ? "done" : isOutOfTime ? "terminated as run time used out" : "terminated as error occurred"
    if command.isJSON || output.isJSON {
      output.json(json(result, isOutOfTime: isOutOfTime))
    } else {
      let hashKeys = command.countsHashKeys ? " (\(result.findings.hashKeys) hash keys)" : ""
      output.line("Count \(ending), total \(result.findings.rows) rows\(hashKeys).")
      if command.measuresSizes { showSizes(result.findings, output) }
    }
    if isOutOfTime || result.isComplete { return }
    throw result.error ?? ClientError(.cancelled, while: "count")
  }

  private func showSizes(_ findings: CountFindings, _ output: ShellOutput) {
    output.line()
    for (name, histogram) in Self.histograms(findings) { output.write(HistogramText.text(name, histogram)) }
    for (index, row) in findings.largest.rows.enumerated() {
      output.line("[top][\(index + 1)].hash_key = \(quoted(row.hashKey))")
      output.line("[top][\(index + 1)].sort_key = \(quoted(row.sortKey))")
      output.line("[top][\(index + 1)].row_size = \(row.size)")
    }
  }

  private static func histograms(_ findings: CountFindings) -> [(String, SizeHistogram)] {
    [
      ("hash_key_size", findings.hashKeySizes), ("sort_key_size", findings.sortKeySizes),
      ("value_size", findings.valueSizes), ("row_size", findings.rowSizes),
    ]
  }

  private func json(_ result: CountRun.Snapshot, isOutOfTime: Bool) -> JSONValue {
    var members = [
      JSONMember("complete", .bool(result.isComplete)),
      JSONMember("rows", .integer(result.findings.rows)),
      JSONMember(
        "partitions",
        .array(
          result.partitions.map {
            .object(["partition": .integer(Int64($0.partition)), "rows": .integer($0.rows), "done": .bool($0.isDone)])
          })),
    ]
    if command.countsHashKeys { members.append(JSONMember("hash_keys", .integer(result.findings.hashKeys))) }
    if command.measuresSizes {
      for (name, histogram) in Self.histograms(result.findings) {
        members.append(
          JSONMember(
            name,
            .object([
              "count": .integer(Int64(clamping: histogram.count)), "average": .number(histogram.average),
              "min": .integer(Int64(clamping: histogram.count == 0 ? 0 : histogram.smallest)),
              "max": .integer(Int64(clamping: histogram.largest)), "p50": .number(histogram.percentile(50)),
              "p99": .number(histogram.percentile(99)),
            ])))
      }
      members.append(
        JSONMember(
          "largest",
          .array(
            result.findings.largest.rows.map {
              .object([
                "hash_key": .bytes($0.hashKey), "sort_key": .bytes($0.sortKey),
                "row_size": .integer(Int64($0.size)),
              ])
            })))
    }
    return .object(members)
  }
}
