import EventLoop
package import JSON

/// A job as a document that can be handed over: what was done, by whom, when, with which result, and how to undo it.
///
/// The last comes from the outcome: the text `undo` of its result.
package struct JobReport: Sendable {
  package var record: JobRecord
  /// Oldest first.
  package var events: [JobEvent]

  package init(record: JobRecord, events: [JobEvent]) {
    self.record = record
    self.events = events
  }

  package var markdown: String { MarkdownRenderer.render(blocks) }

  /// A whole page, without anything from elsewhere.
  package var html: String { HTMLRenderer.render(blocks, title: title) }

  /// The record, and its events as `events`.
  package var json: JSONValue {
    guard case .object(var members) = record.json else { return .null }
    members.append(JSONMember("events", .array(events.map(\.json))))
    return .object(members)
  }

  private var title: String { "Job \(record.id): \(record.plan.title)" }

  private var blocks: [ReportBlock] {
    [.heading(1, title), .code(record.plan.commandLine), facts] + result + trouble + steps + counts + options + log
  }

  // MARK: Sections

  private var facts: ReportBlock {
    var rows = [["State", record.stateName], ["Kind", record.plan.kind]]
    func add(_ name: String, _ value: String) {
      if !value.isEmpty { rows.append([name, value]) }
    }
    add("Planned by", record.operatorName)
    add("Run by", record.owner)
    add("Planned", ReportText.time(record.createdAt))
    add("Begun", ReportText.time(record.startedAt))
    add("Ended", ReportText.time(record.endedAt))
    if let elapsed = record.progress?.elapsed { add("Working time", ReportText.duration(elapsed)) }
    if let rate = record.rate { add("Limit", rate.description) }
    if let outcome = record.outcome { add("Exit status", String(outcome.status)) }
    return .table(head: ["", ""], rows: rows)
  }

  private var result: [ReportBlock] {
    var blocks: [ReportBlock] = [.heading(2, "Result")]
    let advice = ResumeAdvice.numbered(record.outcome?.advice ?? "", record.id)
    if let outcome = record.outcome {
      blocks.append(.paragraph(outcome.headline))
      if !outcome.lines.isEmpty { blocks.append(.list(outcome.lines)) }
      if !advice.isEmpty { blocks += [.heading(2, "What to do next"), .paragraph(advice)] }
      if let undo = outcome.result["undo"]?.text { blocks += [.heading(2, "How to undo it"), .paragraph(undo)] }
    } else if !record.error.isEmpty {
      blocks.append(.paragraph("It failed: \(record.error)"))
    } else {
      blocks.append(.paragraph(record.isHeld ? "It is not at its end." : "It has not come to its end."))
    }
    if record.isResumable, record.startedAt != nil, !advice.contains("'resume \(record.id)'") {
      blocks.append(.paragraph("It can be resumed: resume \(record.id)"))
    }
    return blocks
  }

  private var trouble: [ReportBlock] {
    let kinds = ["preflight_warning", "warning", "retry", "step_failed", "failed", "failed_row"]
    let lines = events.filter { kinds.contains($0.kind) }.map {
      "\(ReportText.time($0.time)) \($0.kind): \($0.summary)"
    }
    return lines.isEmpty ? [] : [.heading(2, "Warnings and failures"), .list(lines)]
  }

  private var steps: [ReportBlock] {
    guard !record.steps.isEmpty else { return [] }
    let rows = record.steps.map { step in
      var took = ""
      if let from = step.startedAt, let to = step.endedAt {
        took = ReportText.duration(.milliseconds(max(0, to - from)))
      }
      let left = step.detail == .null ? "" : step.detail.compactText
      return [
        step.plan.title, step.state.rawValue, ReportText.time(step.startedAt), took,
        [step.error ?? "", left].filter { !$0.isEmpty }.joined(separator: "; "),
      ]
    }
    return [.heading(2, "Steps"), .table(head: ["Step", "State", "Begun", "From begin to end", "Notes"], rows: rows)]
  }

  private var counts: [ReportBlock] {
    guard let progress = record.progress else { return [] }
    var rows = progress.account.map { [$0.name, String($0.count)] }
    rows.append(["bytes", ReportText.bytes(progress.bytes)])
    let seconds = progress.elapsed.inSeconds
    if seconds > 0 {
      rows.append(["\(progress.unit) per second, on average", ReportText.tenths(Double(progress.done) / seconds)])
    }
    if progress.partCount > 0 { rows.append(["parts finished", "\(progress.finishedParts) of \(progress.partCount)"]) }
    rows.append(["retries", String(progress.retries)])
    if !progress.lastRetryReason.isEmpty { rows.append(["last retry", progress.lastRetryReason]) }
    return [.heading(2, "Counts"), .table(head: ["What", "How many"], rows: rows)]
  }

  private var options: [ReportBlock] {
    var rows: [[String]] = []
    func add(_ name: String, _ value: JSONValue) {
      if case .object(let members) = value {
        for member in members { add(name.isEmpty ? member.key : "\(name).\(member.key)", member.value) }
      } else {
        rows.append([name, value.text ?? value.compactText])
      }
    }
    add("", record.plan.parameters)
    return rows.isEmpty ? [] : [.heading(2, "Options"), .table(head: ["Name", "Value"], rows: rows)]
  }

  private var log: [ReportBlock] {
    guard !events.isEmpty else { return [] }
    let rows = events.map { [ReportText.time($0.time), $0.kind, $0.summary] }
    return [.heading(2, "Events"), .table(head: ["Time", "Event", "What"], rows: rows)]
  }
}

extension JobEvent {
  /// Its message, or its fields.
  fileprivate var summary: String {
    if let message = fields["message"]?.text { return message }
    return fields.members.map { "\($0.key) \($0.value.text ?? $0.value.compactText)" }.joined(separator: ", ")
  }
}
