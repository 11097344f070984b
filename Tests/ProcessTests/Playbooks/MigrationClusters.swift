import EventLoop
import Foundation
import JSON
import PegasusClient
import TestSupport
import Testing

/// Two clusters with one storage, and shells that move a table from one to the other.
@LoopActor
final class MigrationClusters {
  let from: OneboxProcess
  let to: OneboxProcess
  private let directory = TemporaryDirectory("migration")
  private let configuration: String
  private var runs = 0

  init() async throws {
    let service = ["--block_service", "local_service=\(directory.file("storage"))", "--storage_round_ms", "200"]
    from = try await OneboxProcess("from", options: service)
    to = try await OneboxProcess("to", options: service)
    configuration = directory.write(
      "shell.ini",
      """
      [pegasus.clusters]
      from = 127.0.0.1:\(from.metaPort)
      to = 127.0.0.1:\(to.metaPort)
      [block_service.local_service]
      type = local_service
      args = \(directory.file("storage"))

      """)
  }

  /// With a table `users` of so many rows in the first one, and an environment variable that a move has to keep.
  ///
  /// - Parameter valueSize: bytes; a limit of 1 MB/s for each server is felt from some megabytes on
  static func filled(rows: Int, valueSize: Int = 0) async throws -> MigrationClusters {
    let clusters = try await MigrationClusters()
    try await clusters.expect(
      """
      create users -p 4
      use users
      generate_data -n \(rows) --value_size \(valueSize)
      set_app_envs replica.slow_query_threshold 30
      """)
    return clusters
  }

  private var environment: [String: String] {
    ["HOME": directory.path, "XDG_STATE_HOME": directory.file("state"), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
  }

  /// Runs commands to their end.
  func run(_ script: String) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      ShellFixture.shell, ["--config", configuration, "--yes"], input: script + "\n", environment: environment,
      directory: directory.path)
  }

  /// As `run`; anything but success is an issue.
  @discardableResult
  func expect(_ script: String) async throws -> ChildProcess.Outcome {
    let outcome = try await run(script)
    #expect(outcome.exit == .code(0), "\(script): \(outcome.output) \(outcome.errorOutput)")
    return outcome
  }

  /// A shell at work on a job, and the file of the job's events.
  struct Worker {
    let shell: ChildProcess
    let events: String

    /// Waits until a step has begun; false: the shell has ended before. Steps may be over soon: looks often.
    func hasBegun(_ step: String) async throws -> Bool {
      var isThere = false
      try await eventually("\(step) begins", every: .milliseconds(1)) {
        isThere = isSeen(step)
        return isThere || !shell.isRunning
      }
      return isThere || isSeen(step)
    }

    private func isSeen(_ step: String) -> Bool {
      let text = (try? String(contentsOfFile: events, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").contains { line in
        guard let event = try? JSONParser.parse(line.utf8) else { return false }
        return event["event"]?.text == "step_started" && event["step"]?.text == step
      }
    }
  }

  /// Begins lines of which the last one works as a job.
  func begin(_ lines: String) throws -> Worker {
    runs += 1
    let events = directory.file("events-\(runs)")
    let shell = try ChildProcess(
      ShellFixture.shell, ["--config", configuration, "--yes", "-c", "\(lines) --events \(events)"],
      environment: environment, directory: directory.path)
    shell.closeInput()
    return Worker(shell: shell, events: events)
  }

  /// The backups on the storage.
  var backups: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.file("storage/from"))) ?? [])
      .filter { Int64($0) != nil }
  }

  /// Limits and tables of both clusters: what an undo has to bring back.
  func state() async throws -> String {
    var text = ""
    for cluster in ["from", "to"] {
      let outcome = try await expect("cc \(cluster)\nrate_limit show -d\nls")
      text += outcome.output
    }
    return text
  }
}
