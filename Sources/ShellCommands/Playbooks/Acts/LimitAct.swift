import Backups
import Copying
import EventLoop
import JSON
import Jobs

/// Limits what servers may send and receive while the migration lasts. What every server had before stands in the journal
/// before anything is changed. `LimitBackAct` sets it back at the end; a job that stands still says that it has not yet.
@LoopActor
final class LimitAct: PlaybookAct {
  nonisolated let name = "limit"
  nonisolated let title: String
  let steps = [StepPlan(name: "limit", title: "Limit the servers")]

  private let wishes: [LimitWish]
  private let limits: MigrationLimits
  private let isLocal: Bool
  private let jobs: JobCentre
  /// What servers had before.
  private(set) var before = LimitsBefore()
  /// `LimitBackAct` has done its work.
  var isSetBack = false

  init(_ sides: MigrationSides) {
    wishes = sides.plan.limits
    let limits = MigrationLimits(sides)
    self.limits = limits
    jobs = sides.jobs
    isLocal = sides.storage?.localPath("") != nil
    title = "limit " + wishes.map { "\(limits.title($0.side, $0.limit)) to \($0.value) MB/s" }.joined(separator: ", ")
  }

  func look() async throws -> [Finding] {
    var findings: [Finding] = []
    for wish in wishes {
      let name = limits.title(wish.side, wish.limit)
      let silent = try await limits.read(wish).filter {
        if case .value = $0.answer { return false }
        return true
      }
      if let first = silent.first {
        findings.append(
          Finding(
            .blocker, .throttling, "\(first.server) does not know the limit \(name): \(first.answer.text)",
            advice: "leave the limit out"))
      } else if isLocal, ["upload", "download"].contains(wish.limit) {
        findings.append(Finding(.note, .throttling, "\(name) slows nothing down: the storage is a local_service"))
      } else {
        findings.append(Finding(.pass, .throttling, "all servers know the limit \(name)"))
      }
    }
    return findings
  }

  func recall(_ trace: PlaybookTrace) { before = LimitsBefore(trace.detail(of: name)) }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    try await scope.step(name) {
      let others = try await LimitHolders(in: self.jobs, besides: scope.job.id)
      for wish in self.wishes {
        for (server, answer) in try await self.limits.read(wish) where !self.before.knows(wish, "\(server)") {
          guard case .value(let value) = answer else {
            throw ShellError(
              "\(server) does not tell \(self.limits.title(wish.side, wish.limit)): \(answer.text)",
              advice: "nothing was changed there")
          }
          let original = others.original(wish.limit, "\(server)", now: value) ?? value
          self.before.add(wish, "\(server)", value: original)
        }
      }
      try await scope.setDetail(self.before.json, of: self.name)
      for wish in self.wishes { try await self.limits.set(wish) }
    }
    return nil
  }

  func remains(_ trace: PlaybookTrace) -> String? {
    guard !isSetBack, !LimitsBefore(trace.detail(of: name)).entries.isEmpty else { return nil }
    return wishes.map { "\(limits.title($0.side, $0.limit)) stays at \($0.value) MB/s" }.joined(separator: ", ")
      + " until the job goes on to its end or is undone"
  }

  // MARK: Taking it back

  var undoTitle: String? { "set the limits back to what every server has now" }

  func undoing(_ trace: PlaybookTrace) async throws -> PlaybookUndo? {
    let changed = try await limits.changed(LimitsBefore(trace.detail(of: name)))
    return changed.isEmpty ? nil : PlaybookUndo("set \(limits.texts(changed).joined(separator: ", "))")
  }

  func undo(_ trace: PlaybookTrace, _ gate: Gate) async throws -> String? {
    let texts = try await limits.setBack(LimitsBefore(trace.detail(of: name)))
    return texts.isEmpty ? nil : "set \(texts.joined(separator: ", "))"
  }
}
