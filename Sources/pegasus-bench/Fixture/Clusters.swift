import EventLoop
import Glibc

/// The two embedded clusters of a run, and how the shell is told about them.
@LoopActor
final class Clusters {
  let source: BenchCluster
  let target: BenchCluster
  /// The name of the storage that both clusters and the shell know.
  nonisolated static let provider = "local_service"
  /// Its directory.
  let storage: String
  let workspace: Workspace
  private let configuration: String

  static func start(in workspace: Workspace) async throws -> Clusters {
    Console.say("starting two clusters in \(workspace.path)")
    let storage = try workspace.subdirectory("storage")
    let source = try await BenchCluster.start("ClusterA", storage: storage, in: workspace)
    let target = try await BenchCluster.start("ClusterB", storage: storage, in: workspace)
    return try Clusters(source, target, storage, workspace)
  }

  private init(
    _ source: BenchCluster, _ target: BenchCluster, _ storage: String, _ workspace: Workspace
  ) throws(BenchError) {
    self.source = source
    self.target = target
    self.storage = storage
    self.workspace = workspace
    configuration = try workspace.write(
      """
      [pegasus.clusters]
        \(source.name) = 127.0.0.1:\(source.metaPort)
        \(target.name) = 127.0.0.1:\(target.metaPort)
      [duplication-group]
        \(source.name) = 1
        \(target.name) = 2
      [block_service.\(Self.provider)]
        type = local_service
        args = \(storage)
      [cluster.\(source.name)]
        role = test
      [cluster.\(target.name)]
        role = test

      """, to: "shell.ini")
  }

  var shell: String { get throws(BenchError) { try Workspace.program("pegasus-shell") } }

  /// What the shell is started with, besides its commands.
  var shellArguments: [String] { ["--config", configuration, "--cluster", source.name] }

  var environment: [String: String] {
    [
      "PATH": "/usr/bin:/bin", "HOME": workspace.path, "XDG_STATE_HOME": workspace.path, "TERM": "xterm-256color",
      "LANG": "C.UTF-8",
    ]
  }

  /// Runs the shell with these commands as a whole process.
  ///
  /// - Parameter keepsJournal: false gives it no place for one
  func runShell(_ commands: String, keepsJournal: Bool = true) async throws -> MeasuredRun {
    try await settle()
    var environment = environment
    if !keepsJournal { environment["XDG_STATE_HOME"] = "/dev/null" }
    return try await MeasuredRun.run(
      try shell, shellArguments + ["--yes", "-c", commands], in: workspace, environment: environment)
  }

  /// Waits until nothing is left of what was done before: background work of the clusters, pages on their way to the disk.
  func settle() async throws {
    await BlockingPool.run { sync() }
    try await source.settle()
    try await target.settle()
  }

  func stop() async {
    await source.stop()
    await target.stop()
  }

  /// A file that results may be written to.
  var scratchFile: String { "\(workspace.path)/rows" }
}
