import JSON

extension JSONValue {
  /// One line, as the journal keeps it.
  var compactText: String { text(indent: nil) }

  /// What the journal has kept; nil when it is not JSON.
  init?(journalText: String?) {
    guard let journalText, let value = try? JSONParser.parse(journalText.utf8) else { return nil }
    self = value
  }
}

/// Jobs as rows. Each of these is run by `Journal.perform`.
extension Connection {
  // MARK: Writing

  func insert(_ plan: JobPlan, rate: JobRate?, operatorName: String, at time: Int64) throws(SQLError) -> JobID {
    try transaction { () throws(SQLError) in
      try run(
        """
        INSERT INTO jobs (kind, version, title, command_line, parameters, operator, created_at, state, rate)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, .text(plan.kind), .integer(Int64(plan.version)), .text(plan.title), .text(plan.commandLine),
        .text(plan.parameters.compactText), .text(operatorName), .integer(time), .text(JobState.planned.rawValue),
        SQLValue(rate?.description))
      let id = JobID(rawValue: lastRowID)
      for (number, step) in plan.steps.enumerated() { try write(StepRecord(plan: step), number, of: id) }
      return id
    }
  }

  /// Everything of a change, or nothing.
  func write(_ change: JobChange) throws(SQLError) {
    try transaction { () throws(SQLError) in
      let job = SQLValue.integer(change.job.rawValue)
      for (number, step) in change.steps { try write(step, number, of: change.job) }
      for checkpoint in change.checkpoints.values { try write(checkpoint, of: job) }
      if let progress = change.progress {
        try run(
          """
          INSERT INTO progress (job, body, written_at) VALUES (?, ?, ?)
          ON CONFLICT (job) DO UPDATE SET body = excluded.body, written_at = excluded.written_at
          """, job, .text(progress.json.compactText), .integer(JobClock.now()))
      }
      try write(change.events, of: job)
      for (request, refusal) in change.answers {
        try run(
          "UPDATE requests SET taken_at = ?, refusal = ? WHERE id = ?", .integer(JobClock.now()), SQLValue(refusal),
          .integer(request))
      }
      if let record = change.record { try write(record) }
    }
  }

  private func write(_ record: JobRecord) throws(SQLError) {
    try run(
      """
      UPDATE jobs SET state = ?, owner = ?, started_at = ?, ended_at = ?, error = ?, outcome = ?, rate = ? WHERE id = ?
      """, .text(record.state.rawValue), .text(record.owner), SQLValue(record.startedAt), SQLValue(record.endedAt),
      .text(record.error), SQLValue(record.outcome?.json.compactText), SQLValue(record.rate?.description),
      .integer(record.id.rawValue))
  }

  private func write(_ step: StepRecord, _ number: Int, of job: JobID) throws(SQLError) {
    try run(
      """
      INSERT INTO steps (job, number, name, title, state, started_at, ended_at, detail, error)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (job, number) DO UPDATE SET state = excluded.state, started_at = excluded.started_at,
        ended_at = excluded.ended_at, detail = excluded.detail, error = excluded.error
      """, .integer(job.rawValue), .integer(Int64(number)), .text(step.plan.name), .text(step.plan.title),
      .text(step.state.rawValue), SQLValue(step.startedAt), SQLValue(step.endedAt),
      SQLValue(step.detail == .null ? nil : step.detail.compactText), SQLValue(step.error))
  }

  private func write(_ checkpoint: Checkpoint, of job: SQLValue) throws(SQLError) {
    try run(
      """
      INSERT INTO checkpoints (job, step, part, position, finished, detail) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (job, step, part) DO UPDATE SET position = excluded.position, finished = excluded.finished,
        detail = excluded.detail
      """, job, .text(checkpoint.step), .integer(Int64(checkpoint.part)), SQLValue(checkpoint.position),
      .integer(checkpoint.isFinished ? 1 : 0),
      SQLValue(checkpoint.detail == .null ? nil : checkpoint.detail.compactText))
  }

  private func write(_ events: [JobEvent], of job: SQLValue) throws(SQLError) {
    guard !events.isEmpty else { return }
    for event in events {
      try run(
        "INSERT INTO events (job, time, kind, fields) VALUES (?, ?, ?, ?)", job, .integer(event.time),
        .text(event.kind), .text(JSONValue.object(event.fields).compactText))
    }
    try run(
      """
      DELETE FROM events WHERE job = ? AND id <= (SELECT id FROM events WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?)
      """, job, job, .integer(Int64(JobChange.keptEvents)))
  }

  // MARK: Reading

  private static let columns = """
    SELECT j.id, kind, version, title, command_line, parameters, operator, created_at, state, owner, started_at,
      ended_at, error, outcome, rate, body, written_at
    FROM jobs j LEFT JOIN progress p ON p.job = j.id
    """

  /// All jobs, in the order of their numbers. Their locks were not looked at.
  func records() throws(SQLError) -> [StoredJob] {
    try snapshot { () throws(SQLError) in
      var steps = Dictionary(
        grouping: try rows("SELECT \(Self.stepColumns) FROM steps ORDER BY job, number", read: Self.step), by: \.job)
      return try rows("\(Self.columns) ORDER BY j.id", read: Self.job).map { job in
        job.with(steps: steps.removeValue(forKey: job.record.id)?.map(\.step) ?? [])
      }
    }
  }

  func record(_ id: JobID) throws(SQLError) -> StoredJob? {
    let number = SQLValue.integer(id.rawValue)
    return try snapshot { () throws(SQLError) in
      let steps = try rows(
        "SELECT \(Self.stepColumns) FROM steps WHERE job = ? ORDER BY number", number, read: Self.step)
      return try first("\(Self.columns) WHERE j.id = ?", number, read: Self.job)?.with(steps: steps.map(\.step))
    }
  }

  /// The job with the number that is nearest.
  func nearest(to id: JobID) throws(SQLError) -> JobID? {
    try first("SELECT id FROM jobs ORDER BY abs(id - ?), id DESC LIMIT 1", .integer(id.rawValue)) {
      $0.integer(0).map(JobID.init(rawValue:))
    }
  }

  func checkpoints(of id: JobID) throws(SQLError) -> [Checkpoint] {
    try rows(
      "SELECT step, part, position, finished, detail FROM checkpoints WHERE job = ? ORDER BY step, part",
      .integer(id.rawValue)
    ) {
      Checkpoint(
        step: $0.text(0) ?? "", part: Int32(clamping: $0.integer(1) ?? 0), position: $0.blob(2),
        isFinished: $0.integer(3) == 1, detail: JSONValue(journalText: $0.text(4)) ?? .null)
    }
  }

  func events(of id: JobID) throws(SQLError) -> [JobEvent] {
    try rows("SELECT time, kind, fields FROM events WHERE job = ? ORDER BY id", .integer(id.rawValue)) { row in
      var fields = JSONObject()
      if case .object(let members)? = JSONValue(journalText: row.text(2)) {
        for member in members { fields[member.key] = member.value }
      }
      return JobEvent(time: row.integer(0) ?? 0, job: id, kind: row.text(1) ?? "", fields: fields)
    }
  }

  private static func job(_ row: SQLRow) -> StoredJob {
    var problems: [String] = []
    let parameters = JSONValue(journalText: row.text(5))
    if parameters == nil { problems.append("its parameters are not JSON") }
    let state = row.text(8).flatMap(JobState.init(rawValue:))
    if state == nil { problems.append("its state is '\(row.text(8) ?? "")'") }
    let rate = row.text(14).flatMap { try? JobRate.parse($0) }
    let plan = JobPlan(
      version: Int(row.integer(2) ?? 0), kind: row.text(1) ?? "", title: row.text(3) ?? "",
      commandLine: row.text(4) ?? "", parameters: parameters ?? .null, steps: [])
    let record = JobRecord(
      id: JobID(rawValue: row.integer(0) ?? 0), plan: plan, state: state ?? .failed, isHeld: false,
      owner: row.text(9) ?? "", createdAt: row.integer(7) ?? 0, startedAt: row.integer(10), endedAt: row.integer(11),
      steps: [], progress: JSONValue(journalText: row.text(15)).flatMap(JobProgress.init(json:)),
      outcome: JSONValue(journalText: row.text(13)).flatMap(JobOutcome.init(json:)), error: row.text(12) ?? "",
      operatorName: row.text(6) ?? "", rate: rate, writtenAt: row.integer(16))
    return StoredJob(record: record, problem: problems.isEmpty ? nil : problems.joined(separator: ", "))
  }

  private static let stepColumns = "job, name, title, state, started_at, ended_at, detail, error"

  private static func step(_ row: SQLRow) -> (job: JobID, step: StepRecord) {
    let step = StepRecord(
      plan: StepPlan(name: row.text(1) ?? "", title: row.text(2) ?? ""),
      state: row.text(3).flatMap(StepState.init(rawValue:)) ?? .waiting, startedAt: row.integer(4),
      endedAt: row.integer(5), detail: JSONValue(journalText: row.text(6)) ?? .null, error: row.text(7))
    return (JobID(rawValue: row.integer(0) ?? 0), step)
  }
}
