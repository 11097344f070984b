import BackupLayout
import Backups
import JSON
import Jobs
import Terminal

/// What is told about an offline split, while it runs and at its end.
struct SplitReport: Sendable {
  let plan: SplitJobPlan

  // MARK: While it runs

  static func progress(of snapshot: SplitSnapshot) -> JobProgress {
    var progress: JobProgress
    switch snapshot.stage {
    case .waiting, .fetching:
      progress = JobProgress(step: SplitWork.fetch.name, verb: "Fetch", unit: "MB")
      progress.done = snapshot.fetchedBytes >> 20
      progress.total = snapshot.sourceBytes >> 20
      progress.bytes = snapshot.fetchedBytes
    case .planning: progress = JobProgress(step: SplitWork.plan.name, verb: "Plan", unit: "rows")
    case .splitting, .finishing, .done:
      progress = JobProgress(
        step: snapshot.stage == .splitting ? SplitWork.split.name : SplitWork.finish.name, verb: "Split", unit: "rows")
      progress.done = snapshot.counts.read
      progress.total = snapshot.estimatedRows
      progress.bytes = snapshot.fileBytes
      progress.account = account(snapshot.counts)
    }
    progress.parts = snapshot.parts.map {
      JobProgress.Part(
        number: $0.number, state: $0.state.rawValue,
        done: snapshot.stage == .fetching ? $0.done >> 20 : $0.done)
    }
    progress.partCount = snapshot.parts.count
    progress.finishedParts = snapshot.parts.count { $0.state == .done }
    return progress
  }

  private static func account(_ counts: SplitCounts) -> [JobProgress.Count] {
    [
      JobProgress.Count(name: "read", count: counts.read), JobProgress.Count(name: "written", count: counts.written),
      JobProgress.Count(name: "expired", count: counts.expired),
      JobProgress.Count(name: "misplaced", count: counts.misplaced),
      JobProgress.Count(name: "markers", count: counts.markers),
      JobProgress.Count(name: "malformed", count: counts.malformed),
    ]
  }

  // MARK: At the end

  func outcome(_ result: SplitResult) -> JobOutcome {
    let counts = result.counts
    let account = Self.account(counts).map { "\($0.name) \($0.count)" }
    var lines = [account[0] + " = " + account.dropFirst().joined(separator: " + ")]
    lines += result.warnings.map { "WARNING: \($0)" }
    if counts.malformed > 0 {
      lines.append(
        "WARNING: no server could serve these rows; the first keys in hexadecimal: "
          + result.malformedKeys.prefix(5).joined(separator: ", "))
    }
    if !result.emptyPartitions.isEmpty {
      lines.append("INFO: \(result.emptyPartitions.count) partitions have no rows; each has a file with a marker row")
    }
    lines.append("INFO: \(plan.loadLine)")
    var json: JSONObject = [
      "complete": .bool(result.isComplete), "counts": counts.json, "partition_count": .int(plan.options.partitionCount),
      "files": .int(result.files), "bytes": .integer(result.fileBytes), "tree": .string(result.tree.table),
      "provider": .string(plan.target.provider), "app_id": .int(plan.options.tableID),
      "app_name": .string(plan.options.tableName), "backup_id": .integer(plan.location.id),
      "empty_partitions": .array(result.emptyPartitions.map { .int($0) }),
      "warnings": .strings(result.warnings), "load": .string(plan.loadLine),
    ]
    if !result.isComplete { json["error"] = .string("\(counts.malformed) rows of the backup are malformed") }
    return JobOutcome(
      isComplete: true, status: (result.isComplete ? ExitStatus.ok : .problem).rawValue,
      headline: "Split done, total \(counts.written) rows into \(plan.options.partitionCount) partitions, "
        + "\(result.files) files, \(Format.size(Double(result.fileBytes))).", lines: lines,
      advice: result.isComplete ? "" : "the other rows are in the files; look at the malformed ones on the source",
      result: .object(json))
  }

  func explained(_ error: SplitError) -> ShellError {
    var shown = ShellError(error)
    switch error.kind {
    case .targetExists:
      shown.advice =
        "choose another --to_root, go on with the split that made it ('jobs' shows it), or remove it: the same line with --clean"
    case .changed: shown.advice = "remove what was made (the same line with --clean), then begin anew"
    default: break
    }
    return shown
  }
}

extension ShellError {
  /// Why a split did not come to its end.
  init(_ error: SplitError) {
    let status: ExitStatus =
      switch error.kind {
      case .targetExists, .changed: .refused
      case .cancelled: .interrupted
      case .invalid: .usage
      case .storage: error.storage.map { ShellError($0).status } ?? .problem
      default: .problem
      }
    self.init(error.description, advice: Self.clause(error.advice), status: status)
  }
}
