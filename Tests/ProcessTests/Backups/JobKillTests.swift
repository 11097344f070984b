import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// The shell is killed without a warning in every step of every job on storages, and gone on with.
@Suite(.serialized) struct StorageJobKillTests {
  /// When a job says so in its events, and a little later.
  private struct Moment: CustomStringConvertible {
    var event: String
    var step: String
    /// Milliseconds.
    var later: Int

    var description: String { "\(later) ms after \(event) \(step)" }
  }

  @LoopActor
  private final class Campaign {
    let bench: StorageBench
    var random = SplitMix(state: 20_261_122)
    private var number = 0
    /// Jobs that the journal has.
    private var known = 0
    private(set) var kills = 0

    init(_ bench: StorageBench) { self.bench = bench }

    func begin() async throws { known = try await bench.jobs().count }

    /// As many moments of a round as it takes for all places in these steps to have their turn.
    func moments(_ steps: [String], _ round: Int) -> [Moment] {
      let places = steps.flatMap { [("step_started", $0), ("step_done", $0)] }
      return stride(from: round, to: max(places.count, round + 1), by: StorageJobKillTests.rounds).map {
        let (event, step) = places[$0 % places.count]
        return Moment(event: event, step: step, later: Int.random(in: 0...8, using: &random))
      }
    }

    /// Runs a job, kills the shell at each of the moments, and sees to it that the job comes to its end. Answers all that
    /// was said.
    func complete(
      _ lines: String, killedAt moments: [Moment], _ location: SourceLocation = #_sourceLocation
    ) async throws -> String {
      var said = ""
      var next = lines
      for moment in moments {
        let shell = try await killed(next, at: moment)
        said += shell.output + shell.errorOutput
        let all = try await bench.jobs()
        defer { known = all.count }
        if all.count > known || next == "resume" {
          if all.first?["state"]?.text == "done" { return said }
          next = "resume"
        }
        // A job that never came into the journal has done nothing, and is typed again.
      }
      let end = try await bench.run(next)
      known = try await bench.jobs().count
      said += end.output + end.errorOutput
      #expect(end.exit == .code(0), "\(lines), killed \(moments): \(said)", sourceLocation: location)
      return said
    }

    private func killed(_ lines: String, at moment: Moment) async throws -> ChildProcess {
      number += 1
      let file = "events-\(number)"
      let shell = try bench.start("\(lines) --events \(bench.directory.file(file))")
      try await eventually("\(lines) has come so far", every: .milliseconds(1)) {
        guard shell.isRunning else { return true }
        let events = bench.directory.read(file) ?? ""
        return events.split(separator: "\n").contains {
          $0.contains("\"\(moment.event)\"") && $0.contains("\"\(moment.step)\"")
        }
      }
      // The moment is the matter: there is nothing to wait for.
      try await loopSleep(.milliseconds(moment.later))
      shell.kill()
      if try await shell.wait() == .signal(9) { kills += 1 }
      return shell
    }
  }

  private static let rounds = 6

  @Test @LoopActor func everyJobIsGoneOnWithAndNothingIsBegunTwice() async throws {
    let bench = try await StorageBench()
    try await bench.fill()
    try await bench.succeed(
      "rate_limit set upload 1\ncc target\nrate_limit set download 1\nset_meta_level lively")
    let campaign = Campaign(bench)
    try await campaign.begin()
    for round in 0..<Self.rounds {
      func at(_ steps: String...) -> [Moment] { campaign.moments(steps, round) }
      _ = try await campaign.complete(
        "use users\nbackup users local_service", killedAt: at("start", "wait"))
      let backups = StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil }
      #expect(backups.count == round + 1, "no second one was begun")
      let id = try #require(backups.last.flatMap { Int64($0) })
      _ = try await campaign.complete(
        "check_backup -b local_service -t \(id)", killedAt: at("look", "read"))

      _ = try await campaign.complete(
        StorageBench.restore(id, as: "restored"), killedAt: at("start", "wait", "settle"))
      let tables = try await bench.succeed("cc target\nls")
      #expect(tables.components(separatedBy: " restored ").count == 2, "\(tables)")
      try await bench.verify("restored")
      try await campaign.begin()

      try await bench.succeed("cc target\ncreate wide -p \(3 + round % 5) -r 3")
      _ = try await campaign.complete(
        StorageBench.split, killedAt: at("look", "fetch", "plan", "split", "finish"))
      let said = try await campaign.complete(
        "cc target\n\(StorageBench.load) --md5", killedAt: at("start", "load", "level"))
      #expect(said.components(separatedBy: "start bulk load succeed").count <= 2, "\(said)")
      try await bench.verify("wide")
      try await campaign.begin()
      let cleaned = try await bench.succeed(
        "\(StorageBench.split) --clean\ncc target\nget_meta_level\ndrop wide\ndrop restored")
      #expect(cleaned.contains("current meta level is fl_lively"), "\(cleaned)")
    }
    #expect(campaign.kills > 12)
    #expect(StorageBench.names(below: "\(bench.storage)/bulk") { $0.hasSuffix(".sst") }.isEmpty)
    #expect(StorageBench.names(below: bench.directory.file("state")) { $0.contains("split/") }.isEmpty)
    #expect(bench.leftovers(of: bench.source).isEmpty && bench.leftovers(of: bench.target).isEmpty)
    try await bench.verifySource()
  }
}
