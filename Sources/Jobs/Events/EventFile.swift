package import EventLoop
import JSON

/// The events of jobs as lines of JSON, for other programs: one object each, the last one of a job is its summary.
///
/// A write that fails never ends a job: `failure` says it, and the job gets a "warning".
@LoopActor
package final class EventFile {
  /// Why events are missing from it; nil: none is.
  package private(set) var failure: String?

  private let target: String
  private let writer: EventWriter
  private let patience: Duration
  private var waiting: [UInt8] = []
  private var isWriting = false
  private var hasBegun = false
  private var whoClose: [UnsafeContinuation<Void, Never>] = []
  private var jobs: [Job] = []
  /// Bytes that may wait for a slow reader.
  private static let most = 8 << 20

  /// - Parameter target: the path of a file, made when it is not there, and emptied when a job is attached; or the number of a descriptor that is open for writing
  /// - Parameter patience: how long a reader may not read before it is given up
  /// - Throws: `EventFileError` when it cannot be opened
  package init(_ target: String, patience: Duration = .seconds(10)) throws(EventFileError) {
    self.target = target
    self.patience = patience
    writer = try EventWriter(target)
  }

  /// Writes the plan of a job, its events from now on, and a summary when it ends. Called in `makeWork`, nothing is missed.
  package func attach(to job: Job) {
    // Of a job that is refused nothing comes: what is there stays.
    if !hasBegun { writer.empty() }
    hasBegun = true
    jobs.append(job)
    line(JobEvent(time: JobClock.now(), job: job.id, kind: "plan", fields: Self.plan(of: job)))
    _ = job.subscribe { [weak self, weak job] event in
      // After its summary nothing comes of a job.
      guard let self, let job, jobs.contains(where: { $0 === job }) else { return }
      line(event)
      guard let state = JobState(rawValue: event.kind), !state.isActive, state == job.state else { return }
      line(JobEvent(time: event.time, job: job.id, kind: "summary", fields: Self.summary(of: job.record)))
      jobs.removeAll { $0 === job }
    }
  }

  /// Waits until everything is written, the summaries of jobs that have ended included.
  package func close() async {
    while isWriting {
      await suspendOnLoop { continuation in
        guard isWriting else { return continuation.resume() }
        whoClose.append(continuation)
      }
    }
  }

  // MARK: Lines

  private static func plan(of job: Job) -> JSONObject {
    [
      "kind": .string(job.plan.kind), "title": .string(job.plan.title), "command_line": .string(job.plan.commandLine),
      "parameters": job.plan.parameters,
      "steps": .array(
        job.plan.steps.map { .object(["name": .string($0.name), "title": .string($0.title)] as JSONObject) }),
    ]
  }

  private static func summary(of record: JobRecord) -> JSONObject {
    var fields: JSONObject = ["state": .string(record.state.rawValue)]
    if case .object(let members)? = record.outcome?.json {
      for member in members { fields[member.key] = member.value }
    }
    if !record.error.isEmpty { fields["error"] = .string(record.error) }
    fields["progress"] = record.progress?.json ?? .null
    return fields
  }

  private func line(_ event: JobEvent) {
    // One line is missing: the reader could not tell what else is. Hence no more come.
    guard failure == nil else { return }
    event.json.append(to: &waiting)
    waiting.append(0x0A)
    if waiting.count > Self.most { return fail("its reader is too slow") }
    guard !isWriting else { return }
    isWriting = true
    Task { @LoopActor in await self.drain() }
  }

  private func drain() async {
    while !waiting.isEmpty {
      let bytes = waiting
      waiting = []
      let problem = await BlockingPool.run { [writer, patience] in writer.write(bytes, patience: patience) }
      if let problem { fail(problem) }
    }
    isWriting = false
    let released = whoClose
    whoClose = []
    for continuation in released { continuation.resume() }
  }

  private func fail(_ reason: String) {
    guard failure == nil else { return }
    let message = "cannot write events to \(target): \(reason); the rest of them is missing there, the job goes on"
    failure = message
    waiting = []
    for job in jobs { job.event("warning", ["message": .string(message)]) }
  }
}
