import Bytes
import CommandLineKit
import EventLoop
import JSON
import Jobs
import Terminal

/// `job`: everything about one job.
struct ShowJob: ShellCommand {
  static let name = "job"
  static let summary = "show everything about a job: its steps, what became of the rows, its checkpoints"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let parameters: [Parameter<Self>] =
    [
      .argument(\.number, "job_id", help: "the job; the only one when left out", completion: .job),
      .flag(\.isDetailed, "-d", "--detailed", help: "also one line for each partition"),
    ] + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("job 7", "what does job 7 do, and how far is it?"),
    CommandExample("job 7 -d", "also, how far is each partition?"),
  ]

  var number: Int64?
  var isDetailed = false
  var format = OutputOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let record = try await JobChoice.record(number, in: session, purpose: "to show") { !$0.state.isFinal }
    let checkpoints = try await session.jobs.checkpoints(of: record.id)
    if format.isJSON || session.output.isJSON {
      guard case .object(let members) = record.json else { return }
      var document = JSONObject()
      for member in members { document[member.key] = member.value }
      if isDetailed { document["checkpoints"] = .array(checkpoints.map(Self.json)) }
      return try session.show(document, file: format.file)
    }
    var sections = [Self.about(record, checkpoints), Self.steps(record)]
    if let progress = record.progress { sections.append(Self.account(progress)) }
    if isDetailed { sections.append(Self.partitions(record, checkpoints)) }
    try session.show(sections, format)
  }

  private static func json(_ checkpoint: Checkpoint) -> JSONValue {
    .object([
      "step": .string(checkpoint.step), "part": .int(checkpoint.part), "finished": .bool(checkpoint.isFinished),
      "position_hex": checkpoint.position.map { .string(Hex.encode($0)) } ?? .null, "detail": checkpoint.detail,
    ])
  }

  private static func about(_ record: JobRecord, _ checkpoints: [Checkpoint]) -> TextTable {
    let progress = record.progress
    let kept = checkpoints.count { $0.isFinished || $0.position != nil }
    var advice = record.outcome?.advice ?? ""
    if record.isResumable, record.startedAt != nil {
      let resume = "'resume \(record.id)'"
      advice = ResumeAdvice.joined(
        advice, record.id,
        JobKinds[record.plan.kind]?.beginsAnew.map { "\(resume) begins anew: \($0)" }
          ?? (record.didNothing
            ? "\(resume) tries again, 'cancel \(record.id)' takes it off the list" : "\(resume) goes on"))
    }
    let error = record.outcome?.result["error"]?.text ?? record.error
    return .fields(
      "job",
      [
        "id": .integer(record.id.rawValue), "state": .text(record.stateName), "reason": reason(record),
        "kind": .text(record.plan.kind), "title": .text(record.plan.title),
        "command": .text(record.plan.commandLine), "planned": time(record.createdAt), "began": time(record.startedAt),
        "ended": time(record.endedAt),
        "working_time": .optional(progress.map { Format.duration($0.elapsed) }),
        "done": .optional(progress?.fraction.map { Format.fixed($0 * 100, decimals: 1) + "%" }),
        "limit": .text((record.rate ?? .off).description),
        "checkpoints": .text("\(kept) of \(checkpoints.count) partitions"),
        "last_checkpoint": .optional(JobTimes.ago(record.writtenAt, now: JobTimes.now())),
        "operator": .text(record.operatorName), "worked_on_by": .text(record.owner),
        "result": .optional(record.outcome?.headline), "error": error.isEmpty ? .missing : .text(error),
        "advice": advice.isEmpty ? .missing : .text(advice),
      ])
  }

  private static func reason(_ record: JobRecord) -> Cell {
    guard record.isHeld, let progress = record.progress else { return .missing }
    if !progress.ending.isEmpty { return .text("ending: \(progress.ending)") }
    return progress.slowed.isEmpty ? .missing : .text("slowed: \(progress.slowed)")
  }

  private static func time(_ milliseconds: Int64?) -> Cell {
    .optional(milliseconds.flatMap { Times.text(unixSeconds: $0 / 1000) })
  }

  private static func steps(_ record: JobRecord) -> TextTable {
    var section = TextTable("steps", columns: ["name", "state", "began", "ended", "title", "error"])
    for step in record.steps {
      section.add(row: [
        .text(step.plan.name), .text(step.state.rawValue), time(step.startedAt), time(step.endedAt),
        .text(step.plan.title), .optional(step.error),
      ])
    }
    return section
  }

  private static func account(_ progress: JobProgress) -> TextTable {
    var section = TextTable(progress.unit)
    for count in progress.account { section.add(count.name, .integer(count.count)) }
    if progress.retries > 0 {
      section.add("retries", .integer(progress.retries))
      section.add("last_retry", .text(progress.lastRetryReason))
    }
    return section
  }

  /// As the journal knows them, which is what a resume goes on from; without checkpoints, as the progress does.
  private static func partitions(_ record: JobRecord, _ checkpoints: [Checkpoint]) -> TextTable {
    var section = TextTable(
      "partitions", columns: ["pidx", "state", "done", "journaled", "note"])
    let parts = Dictionary((record.progress?.parts ?? []).map { ($0.number, $0) }, uniquingKeysWith: { $1 })
    let marks = Dictionary(checkpoints.map { ($0.part, $0) }, uniquingKeysWith: { $1 })
    for number in Set(parts.keys).union(marks.keys).sorted() {
      let (part, mark) = (parts[number], marks[number])
      section.add(row: [
        .integer(number), .text(part?.state ?? (mark?.isFinished == true ? "done" : "waiting")),
        part.map { .integer($0.done) } ?? .missing,
        mark?.detail["read"]?.double.map { .integer(Int64($0)) } ?? .missing, .text(part?.note ?? ""),
      ])
    }
    return section
  }
}
