import EventLoop
import JSON
import Jobs

extension Session {
  /// Begins a job for the command that runs, and waits for it; or does not wait, when its line ended in `&` or the person
  /// in front of it puts it into the background.
  ///
  /// - Parameters:
  ///   - rate: the limit it begins with
  ///   - asJSON: the command's own `-j`
  ///   - remarks: what was found before it began, for its report and its events
  /// - Throws: `ShellError` when it cannot begin, or ended with a failure or before its end
  func launch(
    _ plan: JobPlan, _ options: JobOptions = JobOptions(), rate: JobRate? = nil, asJSON: Bool = false,
    remarks: [JSONObject] = []
  ) async throws {
    let kind = try Self.kind(of: plan)
    let events = try Self.eventFile(options)
    let makeWork = Self.telling(events, try await kind.prepare(plan, self, .first))
    try await requireNoOtherWriter(plan)
    let job = try await jobs.start(plan, rate: rate, makeWork: makeWork)
    if let warning = jobs.warning { output.warning(warning) }
    try await follow(job, events: events, asJSON: asJSON, remarks: remarks)
  }

  /// Goes on with a job that was stopped, interrupted or failed.
  ///
  /// - Throws: as `launch`; `ShellError` with status `refused` when what it was planned for has changed
  func goOn(
    with record: JobRecord, _ options: JobOptions = JobOptions(), rate: JobRate? = nil, asJSON: Bool = false
  ) async throws {
    let kind = try Self.kind(of: record.plan)
    let events = try Self.eventFile(options)
    if let reason = kind.beginsAnew, record.startedAt != nil {
      output.info("job \(record.id) begins anew: \(reason)")
    }
    let makeWork = Self.telling(events, try await kind.prepare(record.plan, self, .resume(record)))
    try await requireNoOtherWriter(record.plan, except: record.id)
    let job: Job
    do {
      job = try await jobs.resume(record.id, makeWork: makeWork)
    } catch let error as JobError {
      throw ShellError(error)
    }
    if let warning = jobs.warning { output.warning(warning) }
    if let rate { job.setRate(rate) }
    if job.checkpoints.contains(where: { $0.position != nil || $0.isFinished }) {
      // A run that was killed had more on its way than its last checkpoint tells: that is done once more.
      let after = job.doneBefore.map { "after \($0) \(record.progress?.unit ?? "units")" }
      output.info("job \(job.id) goes on \(after ?? "from its last checkpoint")")
    }
    try await follow(job, events: events, asJSON: asJSON)
  }

  /// Shows a job that this shell has just begun, as the command's line wants it.
  private func follow(
    _ job: Job, events: EventFile?, asJSON: Bool, remarks: [JSONObject] = []
  ) async throws {
    let isBackground = launchesInBackground
    desk.add(job, place: place, isJSON: asJSON, events: events, isAttached: !isBackground)
    for remark in remarks { job.event("preflight_warning", remark) }
    guard !isBackground else {
      output.info("#\(job.id) \(job.plan.kind) \(job.plan.title) runs in the background; 'attach \(job.id)' shows it")
      return
    }
    try await watch(job, asJSON: asJSON)
  }

  /// Shows a job of this shell until it ends or is put into the background.
  ///
  /// - Throws: `ShellError` for how it ended; `CancellationError` when the person left it
  func watch(_ job: Job, asJSON: Bool) async throws {
    let watch = JobWatch(own: job, in: self)
    self.watch = watch
    let result = await watch.follow()
    if self.watch === watch { self.watch = nil }
    switch result {
    case .abandoned, .interrupted: throw CancellationError()
    case .detached:
      output.info("#\(job.id) goes on in the background; 'attach \(job.id)' shows it again")
    case .ended(let end):
      let ending = JobEnding(id: job.id, plan: job.plan, end: end)
      ending.show(on: output, asJSON: asJSON)
      if let error = ending.error { throw error }
    }
  }

  private nonisolated static func kind(of plan: JobPlan) throws(ShellError) -> JobKind {
    guard let kind = JobKinds[plan.kind], plan.version <= kind.planVersion else {
      throw ShellError(
        "this shell does not know how to do '\(plan.kind)' jobs of version \(plan.version)",
        advice: "a newer pegasus-shell has written it: use that one", status: .refused)
    }
    return kind
  }

  /// The file of events hears of a job before it begins, so that nothing is missing there.
  private static func telling(_ events: EventFile?, _ makeWork: @escaping JobKind.MakeWork) -> JobKind.MakeWork {
    guard let events else { return makeWork }
    return { job in
      let work = try makeWork(job)
      events.attach(to: job)
      return work
    }
  }

  private static func eventFile(_ options: JobOptions) throws(ShellError) -> EventFile? {
    guard let target = options.events else { return nil }
    do {
      return try EventFile(target)
    } catch {
      throw ShellError(error.description, status: .usage)
    }
  }
}
