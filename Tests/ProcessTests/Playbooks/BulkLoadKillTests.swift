import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// Migrations by bulk load whose programs are killed without a warning, in every act of theirs, and gone on with.
@Suite(.serialized) struct BulkLoadKillTests {
  private static let rows = 3000
  private static let written = 60
  /// The rows were made by another one.
  private static let job = 2
  private static let migrate =
    "use users; migrate_by_bulk_load -c to -a moved -p 7 -b local_service --max_upload_mb 50 --ingest_behind "
    + "--dual_write_is_on"
  private static let steps = [
    "create.table", "create.ready", "scenario", "limit", "backup.start", "backup.wait", "check.look",
    "split.claim", "split.look", "split.fetch", "split.plan", "split", "split.finish", "load.note", "load.start",
    "load",
    "load.level", "compact.start", "compact", "reset", "environment", "limit_back", "verify",
  ]

  /// What an application writes to both tables meanwhile.
  @LoopActor
  private func write(_ clusters: MigrationClusters) async throws {
    for (process, table) in [(clusters.from, "users"), (clusters.to, "moved")] {
      let client = process.client()
      for number in 0..<Self.written {
        let key = try PegasusKey(hashKey: Array("mine\(number)".utf8), sortKey: [])
        _ = try await client.table(table).set(key, value: Array("value\(number)".utf8))
      }
      client.close()
    }
  }

  private func expectVerified(_ output: String) {
    #expect(output.contains("Verify done, same: \(Self.rows + Self.written) rows."), "\(output)")
  }

  @Test @LoopActor
  func aShellThatIsKilledInEveryActIsFollowedByAnother() async throws {
    let clusters = try await MigrationClusters.filled(rows: Self.rows)
    let before = try await clusters.state()
    var command = Self.migrate
    var seen: Set<String> = []
    var kills = 0
    var hasWritten = false
    // A kill may come so late that the next steps are done as well.
    while let step = Self.steps.first(where: { !seen.contains($0) }) {
      let worker = try clusters.begin(command)
      guard try await worker.hasBegun(step) else {
        #expect(try await worker.shell.wait() == .code(0), "\(step): \(worker.shell.errorOutput)")
        break
      }
      worker.shell.kill()
      if case .signal = try await worker.shell.wait() { kills += 1 }
      seen.insert(step)
      for later in Self.steps where try await worker.hasBegun(later) { seen.insert(later) }
      if !hasWritten, seen.contains("scenario") {
        try await write(clusters)
        hasWritten = true
      }
      command = "resume \(Self.job)"
    }
    #expect(kills > Self.steps.count / 2 && seen.count >= Self.steps.count - 1, "\(kills): \(seen)")
    // The last one may have been killed after its last word.
    let last = try await clusters.run("resume \(Self.job)")
    #expect(last.exit == .code(0) || last.errorOutput.contains("done"), "\(last.errorOutput)")
    let verified = try await clusters.expect("use users\nverify_data -c to -a moved\ncc to\nuse moved\nget_app_envs")
    expectVerified(verified.output)
    #expect(verified.output.contains("replica.slow_query_threshold") && !verified.output.contains("business.info"))
    #expect(clusters.backups.count == 1)

    // An undo that is killed is repeated.
    for step in ["split", "create"] {
      let worker = try clusters.begin("undo \(Self.job)")
      guard try await worker.hasBegun(step) else { break }
      worker.shell.kill()
      _ = try await worker.shell.wait()
    }
    _ = try await clusters.run("undo \(Self.job)")
    #expect(clusters.backups.isEmpty)
    #expect(try await clusters.state() == before)
  }

  @Test @LoopActor
  func aTargetThatIsKilledWhileItLoadsCostsNoRow() async throws {
    let clusters = try await MigrationClusters.filled(rows: Self.rows)
    let worker = try clusters.begin(Self.migrate)
    #expect(try await worker.hasBegun("limit"))
    // The same rows to both, from before the backup's end on.
    try await write(clusters)
    #expect(try await worker.hasBegun("load"))
    try await clusters.to.kill()
    try await clusters.to.restart()
    let exit = try await worker.shell.wait()
    #expect(exit == .code(0), "\(worker.shell.errorOutput)")
    expectVerified(worker.shell.output)
  }
}
