import EventLoop
import Foundation
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// A cluster is killed without a warning while a shell watches what it does, and started again.
@Suite(.serialized) struct StorageServerKillTests {
  @Test @LoopActor func aBackupThatWasForgottenIsSaidToBe() async throws {
    let bench = try await StorageBench()
    try await bench.fill(rows: 20_000, valueSize: 400)
    try await bench.succeed("rate_limit set upload 1")
    let shell = try bench.start("backup users local_service")
    try await eventually("data has come to the storage") { bench.storedFiles().contains { $0.hasSuffix(".sst") } }
    try await bench.source.kill()
    try await bench.source.restart()
    let said = try await shell.outcome()
    #expect(said.exit == .code(1), "\(said)")
    let lost = try #require(StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil }.first)
    #expect(said.errorOutput.contains("the meta server knows nothing of backup \(lost) any more"), "\(said)")
    let removal = "remove_backup -b local_service -r source -t \(lost)"
    #expect(said.errorOutput.contains("source/\(lost) on the storage is of no use: '\(removal)' removes it"), "\(said)")
    #expect(bench.leftovers(of: bench.source).isEmpty)
    #expect(try await bench.succeed("ls_backups -b local_service").contains(" unfinished "))
    try await bench.fail(StorageBench.restore(try #require(Int64(lost)), as: "r"), 1, "not written to its end")

    // The limit went with the process. A resume makes another one, and the lost one can be removed.
    let resumed = try await bench.run("resume")
    #expect(resumed.exit == .code(0), "\(resumed)")
    let ids = StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil }
    #expect(ids.count == 2)
    try await bench.fail("check_backup -b local_service -t \(lost)", 1, "is not whole")
    let second = try #require(ids.last.flatMap { Int64($0) })
    try await bench.succeed("check_backup -b local_service -t \(second)")
    try await bench.succeed(StorageBench.restore(second, as: "r"))
    try await bench.verify("r", rows: 20_000)
    #expect(try await bench.succeed(removal) == "removed source/\(lost)\n")
    #expect(StorageBench.names(below: "\(bench.storage)/source") { Int64($0) != nil } == ["\(second)"])
    try await bench.verifySource(rows: 20_000)
  }

  @Test @LoopActor func aRestoreIsWatchedThroughTheDeathsOfTheServers() async throws {
    // The servers go on with it as soon as they are there again: the limit must hold from their start.
    let bench = try await StorageBench(targetOptions: ["--storage_read_limit", "1"])
    try await bench.fill(rows: 20_000, valueSize: 400)
    let id = try await bench.backUp()
    let client = bench.target.client()
    defer { client.close() }
    let shell = try bench.start(StorageBench.restore(id, as: "r"))
    for round in 0..<3 {
      try await eventually("something has come, round \(round)") {
        guard let table = try? await client.tableInfo("r") else { return false }
        return (try? await client.restoreStatus(tableID: table.appId))?.progress.contains { $0 > 0 } == true
      }
      try await bench.target.kill()
      try await bench.target.restart()
    }
    #expect(shell.isRunning)
    try await bench.succeed("cc target\nrate_limit set download 0")
    let said = try await shell.outcome()
    #expect(said.exit == .code(0) && said.output.contains("Restored table 'r' (id 1), 4 partitions."), "\(said)")
    #expect(try await bench.succeed("cc target\nls").components(separatedBy: " r ").count == 2)
    try await bench.verify("r", rows: 20_000)
    #expect(bench.leftovers(of: bench.target).isEmpty)
  }

  /// In every state that it goes through.
  @Test @LoopActor func aLoadIsWatchedThroughTheDeathsOfTheServers() async throws {
    // Each state lasts a round: long enough to be seen also where something else is at work.
    let bench = try await StorageBench(round: 200)
    try await bench.fill()
    _ = try await bench.backUp()
    let client = bench.target.client()
    defer { client.close() }
    for status in [BulkLoadStatus.downloading, .downloaded, .ingesting, .succeed, .paused] {
      try await bench.succeed("cc target\ncreate wide -p 6 -r 3\nset_meta_level lively\n\(StorageBench.split)")
      if status == .ingesting {
        try await bench.succeed("cc target\nuse wide\nset_app_envs replica.deny_client_request reconfig*write")
      }
      let shell = try bench.start("cc target\n\(StorageBench.load)")
      if status == .paused {
        try await eventually("it can be paused") {
          (try? await client.controlBulkLoad(.pause, table: "wide")) != nil
        }
      }
      try await eventually("it is \(status.name)") {
        try await client.bulkLoadStatus(table: "wide").appStatus == status
      }
      try await bench.target.kill()
      try await bench.target.restart()
      if status == .ingesting {
        try await bench.succeed("cc target\nuse wide\ndel_app_envs replica.deny_client_request")
      }
      if status == .paused {
        #expect(try await client.bulkLoadStatus(table: "wide").appStatus == .paused)
        try await bench.succeed("cc target\nrestart_bulk_load -a wide")
      }
      let said = try await shell.outcome()
      #expect(said.exit == .code(0), "\(status.name): \(said)")
      #expect(said.output.contains("Bulk load of table 'wide' succeeded, 6 partitions."), "\(status.name): \(said)")
      try await bench.verify("wide")
      let after = try await bench.succeed("cc target\nget_meta_level\ndrop wide\n\(StorageBench.split) --clean")
      #expect(after.contains("current meta level is fl_lively"), "\(status.name): \(after)")
    }
    #expect(bench.leftovers(of: bench.target).isEmpty)
  }

  // MARK: Tables that go away

  @Test @LoopActor func aTableThatIsDroppedOnTheWayEndsTheJob() async throws {
    let bench = try await StorageBench(round: 100)
    try await bench.fill(rows: 20_000, valueSize: 400)
    let id = try await bench.backUp()
    try await bench.succeed("cc target\ncreate wide -p 6 -r 3\nset_meta_level lively\n\(StorageBench.split)")
    try await bench.succeed("cc target\nrate_limit set download 1")

    let load = try bench.start("cc target\n\(StorageBench.load)")
    try await eventually("it is under way") { load.errorOutput.contains("start bulk load succeed") }
    try await bench.succeed("cc target\ndrop wide")
    let loaded = try await load.outcome()
    #expect(loaded.exit == .code(1), "\(loaded)")
    #expect(loaded.errorOutput.contains("table 'wide' was dropped while it was being loaded"), "\(loaded)")
    #expect(try await bench.succeed("cc target\nget_meta_level").contains("fl_lively"))

    let restore = try bench.start(StorageBench.restore(id, as: "r"))
    try await eventually("it is under way") { restore.errorOutput.contains("new app_id = ") }
    try await bench.succeed("cc target\ndrop r")
    let restored = try await restore.outcome()
    #expect(restored.exit == .code(1), "\(restored)")
    // It may have come to its end already.
    #expect(
      restored.errorOutput.contains("when somebody has dropped the table by hand")
        || restored.errorOutput.contains("the new table 'r' (id 2) was dropped"), "\(restored)")
    #expect(bench.leftovers(of: bench.target).isEmpty)

    try await bench.fill("other", rows: 20_000, valueSize: 400)
    try await bench.succeed("rate_limit set upload 1")
    let before = bench.storedFiles().count
    let backup = try bench.start("backup other local_service")
    try await eventually("data has come to the storage") {
      bench.storedFiles().count { $0.hasSuffix(".sst") } > 4 && bench.storedFiles().count > before
    }
    try await bench.succeed("drop other")
    let backedUp = try await backup.outcome()
    #expect(backedUp.exit == .code(1), "\(backedUp)")
    #expect(backedUp.errorOutput.contains("table 'other' was dropped meanwhile"), "\(backedUp)")
    try await eventually("the checkpoints are gone") { bench.leftovers(of: bench.source).isEmpty }
    // Nothing else is touched.
    try await bench.succeed("check_backup -b local_service -t \(id)")
    try await bench.verifySource(rows: 20_000)
  }
}
