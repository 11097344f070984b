import EventLoop
import JSON
import Jobs

/// The jobs that this run of the shell has started or resumed: who looks at them, and what is said about those that run in
/// the background.
@LoopActor
final class JobDesk {
  /// A job of this shell.
  @LoopActor
  final class Entry {
    let job: Job
    /// Where in a script it was started: "<stdin>:3: copy_data: "; empty at the prompt.
    let place: String
    /// The command asked for its result as JSON.
    let isJSON: Bool
    let events: EventFile?
    var saidEventsFailed = false
    /// A command shows it and waits for it.
    var isAttached: Bool
    /// Why it was slow when that was last said.
    var saidSlowed = ""
    var saidSlowedAt = Monotonic(nanoseconds: .min)
    var state: JobState

    init(job: Job, place: String, isJSON: Bool, events: EventFile?, isAttached: Bool) {
      self.job = job
      self.place = place
      self.isJSON = isJSON
      self.events = events
      self.isAttached = isAttached
      state = job.state
    }
  }

  /// How often it is said that a job in the background is slow.
  private static let slowedPause: Duration = .seconds(30)

  /// Says something about a job in the background.
  var onNotice: (@LoopActor (JobNotice) -> Void)?
  /// A job in the background has ended: shows its result.
  var onEnded: (@LoopActor (JobEnding, _ place: String, _ isJSON: Bool) -> Void)?
  /// What there is to say about each job in the background has changed: a few words each, in the order of their numbers.
  var onStatus: (@LoopActor ([String]) -> Void)?
  /// Jobs have come or gone.
  var onChanged: (@LoopActor () -> Void)?

  private(set) var entries: [JobID: Entry] = [:]
  private var ticker: Task<Void, any Error>?
  private var ended: [CheckedContinuation<Void, Never>] = []
  private var lastStatus: [String] = []

  init() {}

  /// The jobs in the background that have not ended, in the order of their numbers.
  var background: [Job] {
    entries.values.filter { !$0.isAttached }.map(\.job).sorted { $0.id < $1.id }
  }

  subscript(id: JobID) -> Entry? { entries[id] }

  // MARK: Coming and going

  func add(_ job: Job, place: String, isJSON: Bool, events: EventFile?, isAttached: Bool) {
    let entry = Entry(job: job, place: place, isJSON: isJSON, events: events, isAttached: isAttached)
    entries[job.id] = entry
    _ = job.subscribe { [weak self, weak entry] event in
      guard let entry else { return }
      self?.hear(event, of: entry)
    }
    Task { @LoopActor in
      let end = await job.outcome()
      if let events = entry.events { await events.close() }
      self.remove(entry, end)
    }
    onChanged?()
    tick()
  }

  private func remove(_ entry: Entry, _ end: JobEnd) {
    entries[entry.job.id] = nil
    // After the last event of the job nobody hears of it.
    if let failure = entry.events?.failure, !entry.saidEventsFailed {
      onNotice?(JobNotice(.warning, "#\(entry.job.id) its events are not complete: \(failure)"))
    }
    if !entry.isAttached {
      onEnded?(JobEnding(id: entry.job.id, plan: entry.job.plan, end: end), entry.place, entry.isJSON)
    }
    showStatus()
    onChanged?()
    let waiting = ended
    ended = []
    for continuation in waiting { continuation.resume() }
  }

  /// Whoever showed the job goes away; from now on it is in the background. False when it has ended.
  func detach(_ id: JobID) -> Bool {
    guard let entry = entries[id], entry.job.end == nil else { return false }
    entry.isAttached = false
    entry.state = entry.job.state
    showStatus()
    return true
  }

  /// Somebody shows the job, and will show its result. Nil when it is not one of ours, or has ended.
  func attach(_ id: JobID) -> Job? {
    guard let entry = entries[id], entry.job.end == nil, !entry.isAttached else { return nil }
    entry.isAttached = true
    showStatus()
    return entry.job
  }

  /// Waits until a job of this shell ends; returns at once when there is none.
  func waitForAnEnd() async {
    guard !entries.isEmpty else { return }
    await withCheckedContinuation { continuation in
      if entries.isEmpty { continuation.resume() } else { ended.append(continuation) }
    }
  }

  // MARK: What is said

  private func hear(_ event: JobEvent, of entry: Entry) {
    if event.kind == "warning", let text = event.fields["message"]?.text {
      onNotice?(JobNotice(.warning, "#\(entry.job.id) \(text)"))
      if text == entry.events?.failure { entry.saidEventsFailed = true }
    }
    tellState(of: entry)
  }

  /// Says once that a job in the background was paused, or goes on, or is slow.
  private func tellState(of entry: Entry) {
    let (old, new) = (entry.state, entry.job.state)
    entry.state = new
    guard !entry.isAttached, entry.job.end == nil else { return }
    let name = "#\(entry.job.id) \(entry.job.plan.kind)"
    if old == .running, new == .paused {
      onNotice?(JobNotice(.info, "\(name) is paused: 'resume \(entry.job.id)' goes on"))
    }
    if old == .paused, new == .running { onNotice?(JobNotice(.info, "\(name) goes on")) }
    guard let slowed = entry.job.progress?.slowed, !slowed.isEmpty else { return entry.saidSlowed = "" }
    let now = EventLoop.shared.now
    guard entry.saidSlowed.isEmpty, now - entry.saidSlowedAt > Self.slowedPause else { return }
    (entry.saidSlowed, entry.saidSlowedAt) = (slowed, now)
    onNotice?(JobNotice(.info, "\(name) slows down: \(slowed)"))
  }

  /// Looks at the jobs once a second as long as there are any.
  private func tick() {
    guard ticker == nil else { return }
    ticker = Task { @LoopActor in
      defer { self.ticker = nil }
      while !self.entries.isEmpty {
        for entry in self.entries.values { self.tellState(of: entry) }
        self.showStatus()
        try await loopSleep(.seconds(1))
      }
    }
  }

  private func showStatus() {
    let status = background.map { JobView.brief($0.record) }
    guard status != lastStatus else { return }
    lastStatus = status
    onStatus?(status)
  }
}
