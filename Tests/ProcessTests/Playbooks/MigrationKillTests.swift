import EventLoop
import TestSupport
import Testing

/// Migrations whose programs are killed without a warning, in every act of theirs, and gone on with.
@Suite(.serialized) struct MigrationKillTests {
  private static let rows = 3000
  /// The rows were made by another one.
  private static let job = 2
  private static let migrate =
    "use users; migrate_by_backup -c to -a moved -b local_service --max_upload_mb 1 --max_nfs_mb 20 --md5"
  private static let steps = [
    "limit", "backup.start", "backup.wait", "check.look", "check.read", "restore.guard", "restore.start",
    "restore.wait", "restore.settle", "environment", "limit_back", "verify",
  ]

  @Test @LoopActor
  func aShellThatIsKilledInAnyStepIsFollowedByAnother() async throws {
    let clusters = try await MigrationClusters.filled(rows: Self.rows)
    let before = try await clusters.state()
    var kills = 0
    var job = Self.job - 1
    for step in Self.steps {
      job += 1
      let worker = try clusters.begin(Self.migrate)
      #expect(try await worker.hasBegun(step), "\(step): \(worker.shell.errorOutput)")
      worker.shell.kill()
      // It may have come some steps further, or to its end.
      if case .signal = try await worker.shell.wait() {
        kills += 1
        let resumed = try await clusters.run("resume \(job)")
        let isDone = resumed.errorOutput.contains("job \(job) is done")
        #expect(resumed.exit == .code(0) || isDone, "\(step): \(resumed.errorOutput)")
        #expect(isDone || resumed.output.contains("Verify done, same: \(Self.rows) rows."), "\(step): \(resumed)")
      }
      let moved = try await clusters.expect("cc to\nuse moved\nget_app_envs")
      #expect(moved.output.contains("replica.slow_query_threshold") && !moved.output.contains("restore."))
      #expect(clusters.backups.count == 1, "\(step)")

      // So is an undo.
      let undo = try clusters.begin("undo \(job)")
      job += 1
      _ = try await undo.hasBegun(job % 4 == 0 ? "restore" : "backup")
      undo.shell.kill()
      _ = try await undo.shell.wait()
      if try await clusters.run("undo \(job - 1)").output.contains("is undone") { job += 1 }
      #expect(clusters.backups.isEmpty, "\(step)")
      #expect(try await clusters.state() == before, "\(step)")
    }
    #expect(kills >= Self.steps.count - 2)
  }

  @Test @LoopActor
  func serversThatAreKilledCostNoRow() async throws {
    // So large that the servers take seconds for the backup.
    let clusters = try await MigrationClusters.filled(rows: Self.rows, valueSize: 3000)
    let before = try await clusters.state()
    let source = try clusters.begin(Self.migrate)
    #expect(try await source.hasBegun("backup.wait"))
    try await clusters.from.kill()
    try await clusters.from.restart()
    // The meta server kept the backup in its memory alone.
    let ended = try await source.shell.wait()
    #expect(ended != .code(0), "\(source.shell.output)")
    #expect(source.shell.errorOutput.contains("knows nothing of backup"), "\(source.shell.errorOutput)")
    #expect(source.shell.errorOutput.contains("'resume \(Self.job)' goes on"))
    let target = try clusters.begin("resume \(Self.job)")
    #expect(try await target.hasBegun("restore.wait"), "\(target.shell.errorOutput)")
    try await clusters.to.kill()
    try await clusters.to.restart()
    let exit = try await target.shell.wait()
    #expect(exit == .code(0), "\(target.shell.errorOutput)")
    #expect(target.shell.output.contains("Verify done, same: \(Self.rows) rows."), "\(target.shell.output)")
    let undone = try await clusters.expect("undo \(Self.job)")
    // What the lost backup left is removed as well.
    #expect(clusters.backups.isEmpty, "\(undone.output)")
    #expect(try await clusters.state() == before)
  }
}
