import EventLoop
import Glibc
import JSON
import PegasusClient
import TestSupport
import Testing

/// Copies whose shell, source and target are killed without a warning at random moments, again and again, and gone on with.
@Suite(.serialized) struct KillRoundsTests {
  private static let campaigns = 13
  private static let killsEach = 4
  private static let rows = 6000

  private enum Victim: CaseIterable { case shell, source, target }

  /// A shell at work on one copy; killed and started again.
  @LoopActor
  private final class Copier {
    private let directory: TemporaryDirectory
    private let configuration: String
    private(set) var shell: ChildProcess

    init(_ directory: TemporaryDirectory, configuration: String, command: String) throws {
      self.directory = directory
      self.configuration = configuration
      shell = try Self.start(directory, configuration, command)
    }

    /// What the journal knows of a job.
    func journaled(_ job: Int) async throws -> JSONValue {
      let shell = try Self.start(directory, configuration, "job \(job) -j")
      return try JSONParser.parse(try await shell.outcome().output.utf8)
    }

    private static func start(
      _ directory: TemporaryDirectory, _ configuration: String, _ command: String
    ) throws -> ChildProcess {
      let shell = try ChildProcess(
        ShellFixture.shell, ["--config", configuration, "-c", command],
        environment: [
          "HOME": directory.path, "XDG_STATE_HOME": directory.file("state"), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
        ], directory: directory.path)
      shell.closeInput()
      return shell
    }

    /// Kills the shell, and has another one go on with the job. A job that ended in the same moment is not gone on with.
    func replace(job: Int) async throws {
      shell.kill()
      guard case .signal = try await shell.wait() else { return }
      try resume(job: job)
    }

    func resume(job: Int) throws { shell = try Self.start(directory, configuration, "resume \(job)") }
  }

  @Test @LoopActor func whateverIsKilledEveryRowArrivesOnce() async throws {
    var random = SplitMix(state: 20_261_121)
    let directory = TemporaryDirectory("kill-rounds")
    let group = ["--duplication_group", "to=1,from=2"]
    let from = try await OneboxProcess("from", options: group)
    let to = try await OneboxProcess("to", options: group)
    let configuration = directory.write(
      "shell.ini",
      """
      [pegasus.clusters]
      from = 127.0.0.1:\(from.metaPort)
      to = 127.0.0.1:\(to.metaPort)

      [duplication-group]
      from = 2
      to = 1

      """)
    let (left, right) = (from.client(), to.client())
    defer {
      left.close()
      right.close()
    }
    var kills: [Victim: Int] = [:]
    for campaign in 1...Self.campaigns {
      let name = "t\(campaign)"
      _ = try await left.createTable(name, partitionCount: Int32.random(in: 1...8, using: &random), replicaCount: 3)
      _ = try await right.createTable(name, partitionCount: Int32.random(in: 1...8, using: &random), replicaCount: 3)
      try await left.table(name).fill(Self.rows)
      let mode = ["put", "multi_set", "duplicate"].randomElement(using: &random) ?? "put"
      let copier = try Copier(
        directory, configuration: configuration,
        command: "use \(name); copy_data -c to -a \(name) --write_mode \(mode) --max_rows_per_second 4000")
      try await eventually("the copy has begun") {
        copier.shell.errorOutput.contains("split_count") || !copier.shell.isRunning
      }
      #expect(copier.shell.isRunning, "\(copier.shell.errorOutput)")

      for _ in 0..<Self.killsEach {
        // The moment is the matter: there is nothing to wait for.
        try await loopSleep(.milliseconds(Int.random(in: 20...400, using: &random)))
        let victim = Victim.allCases.randomElement(using: &random) ?? .shell
        kills[victim, default: 0] += 1
        switch victim {
        case .shell: try await copier.replace(job: campaign)
        case .source:
          try await from.kill()
          try await from.restart()
        case .target:
          try await to.kill()
          try await to.restart()
        }
      }

      var exit = try await copier.shell.wait()
      // One that found a cluster down before it had gone on with anything has said so, and is followed by another.
      if exit != .code(0), !copier.shell.errorOutput.contains("processed for ") {
        try copier.resume(job: campaign)
        exit = try await copier.shell.wait()
      }
      let said = copier.shell.errorOutput + copier.shell.output
      if said.contains("job \(campaign) is done") {
        // Its shell was killed between its last word to the journal and that to us.
        let account = try await copier.journaled(campaign)["progress"]?["account"]
        #expect(
          account?["read"]?.integer == Int64(Self.rows) && account?["copied"]?.integer == Int64(Self.rows)
            && account?["failed"]?.integer == 0, "campaign \(campaign), \(mode): \(String(describing: account))")
      } else {
        #expect(exit == .code(0), "campaign \(campaign), \(mode): \(said)")
        #expect(
          said.contains("read \(Self.rows) = copied \(Self.rows) + filtered 0 + expired 0 + existing 0 + failed 0"),
          "campaign \(campaign), \(mode): \(said)")
      }
      let found = try await right.table(name).everything()
      #expect(found.count == Self.rows, "campaign \(campaign), \(mode)")
      #expect(found == (try await left.table(name).everything()))
    }
    #expect(kills.values.reduce(0, +) >= 50)
    #expect(Victim.allCases.allSatisfy { kills[$0, default: 0] > 10 }, "\(kills)")
  }
}
