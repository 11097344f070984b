import EventLoop
import Foundation
import JSON
import Jobs
import Onebox
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

@testable import ShellCommands

@Suite(.serialized) struct BackupCommandTests {
  /// The id in `BackupID: 1742888751127` or `Backup 1742888751127 of table`.
  private func id(in text: String) throws -> Int64 {
    try #require(text.split { $0 == " " || $0 == "\n" }.lazy.compactMap { Int64($0) }.first { $0 > 1_000_000_000_000 })
  }

  @LoopActor
  private func filled(_ bench: CommandBench) async {
    for number in 0..<50 { await bench.run("set key\(number) sort value\(number)") }
  }

  @Test @LoopActor
  func aBackupIsWaitedForListedAndChecked() async throws {
    try await withBench { bench in
      await filled(bench)
      let table = try #require(try await bench.session.cluster().tableInfo("t1"))
      let backup = await bench.run("backup t1 local_service /some/path")
      #expect(backup.error == nil)
      let id = try id(in: backup.output)
      #expect(backup.output == "Backup \(id) of table 't1' (id \(table.appId)) is complete.\n")
      #expect(
        backup.messages.contains(
          "INFO: restore -c onebox -a t1 -i \(table.appId) -t \(id) -b local_service -r /some/path\n"))

      let status = await bench.run("query_backup_status \(table.appId)")
      #expect(status.output.contains("\(id)") && status.output.contains("completed"))
      #expect(status.output.contains("/some/path"))
      #expect(await bench.run("query_backup_status t1 17").error?.advice.contains("ls_backups") == true)

      let list = await bench.run("ls_backups -b local_service -r /some/path -d")
      #expect(list.error == nil)
      #expect(list.lines[1].contains("in") && list.lines[2].contains("some/path/onebox"))
      #expect(list.lines[2].hasSuffix("complete  "))
      #expect(list.output.contains("restore -c onebox -a t1 -i \(table.appId) -t \(id) -b local_service -r /some/path"))
      #expect(await bench.run("ls_backups -b local_service -q -a t1").output.contains("complete"))
      let none = await bench.run("ls_backups -b local_service -a other")
      #expect(none.output.isEmpty && none.messages.contains("no backups of table 'other'"))

      let check = await bench.run("check_backup -b local_service -a t1")
      #expect(check.error == nil)
      #expect(check.output.hasPrefix("Check done: backup \(id) is whole: 't1' (id \(table.appId)), 4 partitions"))
      #expect(check.output.contains("every size and MD5 is right"))
    }
  }

  @Test @LoopActor
  func aLineToBeTypedHasItsPathBetweenQuotesWhereItNeedsThem() async throws {
    try await withBench { bench in
      let backup = await bench.run("backup t1 local_service 'our backups; old'")
      #expect(backup.messages.contains("-b local_service -r \"our backups; old\"\n"), "\(backup)")
      let list = await bench.run("ls_backups -b local_service -d")
      let line = try #require(list.lines.first { $0.contains("restore -c onebox ") }?.split(separator: "  ").last)
      #expect(line.hasSuffix(" -r \"our backups; old\""), "\(line)")
      #expect(await bench.run("\(line) -n t2").error == nil)
    }
    #expect(asTyped("/user/backup") == "/user/backup" && asTyped("#1") == "\"#1\"" && asTyped("") == "\"\"")
  }

  @Test @LoopActor
  func aFinishedBackupIsRemovedByAScriptWithYesOnly() async throws {
    try await withBench(assumesYes: false) { bench in
      let id = try id(in: await bench.run("backup t1 local_service").output)
      let line = "remove_backup -b local_service -t \(id)"
      #expect(await bench.run(line).error?.status == .refused)
      #expect(await bench.run("check_backup -b local_service -t \(id)").error == nil)
      let removed = await bench.run(line + " --yes")
      #expect(removed.error == nil && removed.output == "removed onebox/\(id)\n", "\(removed)")
      #expect(await bench.run(line + " --yes").error?.status == .problem)
    }
  }

  @Test @LoopActor
  func theCheckTellsWholeFromDamagedFromUnknown() async throws {
    try await withBench { bench in
      await filled(bench)
      let backup = await bench.run("backup -a t1 -b local_service")
      let id = try id(in: backup.output)
      let files = try #require(FileManager.default.enumerator(atPath: bench.storage)).compactMap { $0 as? String }
      let sst = try #require(files.first { $0.hasSuffix(".sst") })
      let path = "\(bench.storage)/\(sst)"
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: path))

      #expect(await bench.run("check_backup -b local_service --no_md5").error == nil)
      let damaged = await bench.run("check_backup -b local_service -t \(id)")
      #expect(damaged.error?.status.rawValue == 1)
      #expect(damaged.output.contains("wrongDigest \(sst): its MD5 is "))
      #expect(damaged.error?.advice.contains("make a new backup") == true)

      try FileManager.default.removeItem(atPath: path)
      let missing = await bench.run("check_backup -b local_service --no_md5")
      #expect(missing.error?.status.rawValue == 1 && missing.output.contains("missingFile \(sst)"))
      #expect(await bench.run("ls_backups -b local_service").output.contains("damaged"))

      let info = try #require(files.first { $0.hasSuffix("/backup_info") })
      try FileManager.default.removeItem(atPath: "\(bench.storage)/\(info)")
      #expect(await bench.run("check_backup -b local_service").output.contains("unfinished "))

      for line in [
        "check_backup -b local_service -t 17", "check_backup -b nobody", "check_backup -b local_service -a other",
      ] {
        #expect(await bench.run(line).error?.status.rawValue == 2, "\(line)")
      }
    }
  }

  @Test @LoopActor
  func refusalsSayWhatToDo() async throws {
    try await withBench { bench in
      let unknown = await bench.run("backup t1 nosuch")
      #expect(unknown.error?.message.contains("ERR_INVALID_PARAMETERS") == true)
      #expect(unknown.error?.advice.contains("[block_service.nosuch]") == true)
      #expect(await bench.run("backup 99 local_service").error?.advice.contains("there are: ") == true)
      #expect(await bench.run("backup t7 local_service").error?.advice.contains("did you mean 't1'") == true)
      #expect(await bench.run("backup t1").error?.message.contains("backup_provider_type should not be empty") == true)
      #expect(await bench.run("backup -a t1 -b local_service x y").error?.status == .usage)
      #expect(await bench.run("ls_backups -b nosuch").error?.message.contains("[block_service.nosuch]") == true)
    }
    try await withBench(adjust: { $0.disablesColdBackup = true }) { bench in
      let disabled = await bench.run("backup t1 local_service --no_wait")
      #expect(disabled.error?.advice.contains("cold_backup_disabled = false") == true)
      let policy = await bench.run("add_backup_policy -p p1 -b local_service -a t1 -i 86400 -c 3")
      #expect(policy.error?.message == "add backup policy failed, err = ERR_SERVICE_NOT_ACTIVE")
    }
  }

  @Test @LoopActor
  func withoutWaitingItAnswersAsTheOldTool() async throws {
    try await withBench { bench in
      let started = await bench.run("backup t1 local_service --no_wait")
      #expect(started.lines.first?.hasPrefix("[hint]: ") == true)
      let id = try id(in: started.output)
      _ = await bench.run("query_backup_status t1 \(id) --wait")
      #expect(await bench.run("query_backup_status t1 \(id)").output.contains("completed"))
    }
  }

  @Test @LoopActor
  func aResumeWatchesTheBackupThatWasBegun() async throws {
    try await withBench { bench in
      await filled(bench)
      let table = try bench.session.table()
      let identity = try await TableIdentity(of: table, in: try bench.session.here())
      let begun = try await table.cluster.startBackup(tableID: identity.appID, provider: "local_service")
      // What a kill leaves behind between the request and its answer.
      let plan = BackupPlan(table: identity, provider: "local_service", path: nil, coldRoot: "onebox")
      let log = Messages()
      let job = try await bench.session.jobs.start(
        .init(
          version: 1, kind: "backup", title: "", commandLine: "", parameters: plan.parameters,
          steps: [BackupWork.start, BackupWork.wait])
      ) { job in
        AskedBefore(
          BackupWork(plan, cluster: table.cluster, storage: nil, scope: JobScope(job)) { log.lines.append($0) })
      }
      let end = await job.outcome()
      #expect(end.state == .done)
      #expect(end.outcome?.result["backup_id"]?.whole == begun.id)
      #expect(log.lines.first == "backup \(begun.id) had been begun already")
      #expect(try await table.cluster.backups(ofTable: identity.appID).count == 1)
    }
  }
}

@LoopActor
private final class Messages {
  var lines: [String] = []
}

/// Work whose earlier run has asked for a backup and knows no answer.
@LoopActor
private final class AskedBefore: JobWork {
  private let work: BackupWork

  init(_ work: BackupWork) { self.work = work }

  func run(in job: Job) async throws -> JobOutcome {
    var begun = BackupBegun()
    begun.isAsked = true
    try await job.setDetail(begun.json, of: BackupWork.start.name)
    return try await work.run(in: job)
  }
}
