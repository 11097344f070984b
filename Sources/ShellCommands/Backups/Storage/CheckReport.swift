import Backups
import JSON
import Jobs
import Terminal

/// What is told about a check at its end.
struct CheckReport: Sendable {
  let plan: CheckPlan

  /// - Parameters:
  ///   - problems: those of the files' contents
  ///   - readBytes: read and compared; nil: no file was read
  func outcome(_ backup: FoundBackup, problems contents: [StorageProblem], readBytes: Int64?) -> JobOutcome {
    // A file that is missing or too short is found twice.
    var problems = backup.allProblems
    problems += contents.filter { problem in
      !problems.contains { $0.place == problem.place && $0.kind == problem.kind }
    }
    let files = backup.tables.reduce(0) { $0 + $1.partitions.reduce(0) { $0 + $1.files.count } }
    let partitions = backup.tables.reduce(0) { $0 + $1.partitions.count }
    let tables = backup.tables.map { "'\($0.name)' (id \($0.id))" }.joined(separator: ", ")
    var result: JSONObject = [
      "backup_id": .integer(backup.location.id), "location": .string(backup.location.path),
      "whole": .bool(problems.isEmpty), "tables": .array(backup.tables.map(Self.json)), "files": .int(files),
      "bytes": .integer(backup.bytes), "md5": .bool(readBytes != nil),
      "problems": .array(
        problems.map {
          .object([
            "kind": .string($0.kind.rawValue), "place": .string($0.place), "problem": .string($0.detail),
            "advice": .string($0.advice),
          ])
        }),
    ]
    let summary =
      "\(tables.isEmpty ? "no table" : tables), \(partitions) partitions, \(files) files, "
      + Format.size(Double(backup.bytes))
    guard problems.isEmpty else {
      let message =
        "backup \(backup.location.id) is not whole: "
        + (problems.count == 1 ? "1 problem" : "\(problems.count) problems")
      let isUnfinished = problems.allSatisfy { [.unfinished, .unfinishedPartition].contains($0.kind) }
      result["error"] = .string(message)
      return JobOutcome(
        isComplete: true, status: ExitStatus.problem.rawValue,
        headline: "Check done: \(isUnfinished ? "unfinished" : "damaged"); \(summary).",
        lines: Self.lines(problems), advice: ShellError.clause(problems.first?.advice ?? ""), result: .object(result))
    }
    let compared = readBytes == nil ? "every size is right; no file was read" : "every size and MD5 is right"
    return JobOutcome(
      isComplete: true, headline: "Check done: backup \(backup.location.id) is whole: \(summary); \(compared).",
      result: .object(result))
  }

  /// Nobody can say whether the backup is whole.
  func noAnswer(_ error: BlockServiceError) -> JobOutcome {
    let isAbsent = error.kind == .notFound
    return JobOutcome(
      isComplete: false, status: ExitStatus.couldNotTell.rawValue, headline: "Check ended: could not tell.",
      advice: isAbsent ? "'ls_backups -b \(plan.provider)' shows what there is" : ShellError.clause(error.advice),
      result: .object(["error": .string("could not tell: \(error)"), "backup_id": .integer(plan.location.id)]))
  }

  /// Problems one by one, and under each kind of them what to do.
  private static func lines(_ problems: [StorageProblem]) -> [String] {
    let shown = 200
    var lines = problems.prefix(shown).map { "\($0.kind.rawValue) \($0)" }
    if problems.count > shown { lines.append("and \(problems.count - shown) more") }
    var advice: [String] = []
    for problem in problems where !advice.contains(problem.advice) { advice.append(problem.advice) }
    return lines + advice.map { "INFO: \($0)" }
  }

  private static func json(_ table: TableBackup) -> JSONValue {
    .object([
      "app_id": .int(table.id), "app_name": .string(table.name), "partition_count": .int(table.partitions.count),
      "bytes": .integer(table.bytes), "whole": .bool(table.isComplete),
    ])
  }
}
