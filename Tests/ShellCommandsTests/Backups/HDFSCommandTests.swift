import Backups
import Bytes
import EventLoop
import Onebox
import PegasusClient
import TestSupport
import Testing

@testable import ShellCommands

/// The commands that read and write storages, over WebHDFS and HttpFS. The onebox sees the same files as a local_service.
@Suite @LoopActor struct HDFSCommandTests {
  let hdfs: StandInHDFS

  init() throws { hdfs = try StandInHDFS(keepsMarks: true) }

  /// A bench whose configuration and onebox have the storage hdfs_x.
  private func withHDFS(
    _ http: String? = nil, user: String = "user = pegasus", isJournaled: Bool = false, hasSecond: Bool = false,
    _ body: @LoopActor (CommandBench) async throws -> Void
  ) async throws {
    let root = "\(hdfs.directory)/base"
    try await withBench(
      isJournaled: isJournaled, hasSecond: hasSecond,
      sections: """
        [block_service.hdfs_x]
        type = hdfs_service
        args = hdfs://127.0.0.1:8020 /base
        http = \(http ?? hdfs.address)
        \(user)

        """, adjust: { $0.blockServices["hdfs_x"] = root }, adjustSecond: { $0.blockServices["hdfs_x"] = root }
    ) { bench in
      bench.session.webHDFSOptions.pauses = [.milliseconds(1)]
      bench.session.webHDFSOptions.laterPauses = [.milliseconds(1), .milliseconds(1)]
      try await body(bench)
    }
  }

  private func filled(_ bench: CommandBench) async {
    for number in 0..<60 { await bench.run("set key\(number) sort value\(number)") }
  }

  private func backUp(_ bench: CommandBench) async throws -> String {
    await filled(bench)
    let backup = await bench.run("backup t1 hdfs_x -j")
    #expect(backup.error == nil, "\(backup)")
    let digits = try #require(backup.output.firstRange(of: /[0-9]{13}/))
    return String(backup.output[digits])
  }

  private let split = "offline_split -b hdfs_x -a t1 --to_cluster A --to_table wide --to_root bulk"
  private let load = "start_bulk_load -a wide -c A -p hdfs_x -r bulk --md5 --wait"

  @Test func aTableMovesOverHDFS() async throws {
    try await withHDFS { bench in
      let id = try await backUp(bench)
      let list = await bench.run("ls_backups -b hdfs_x -d")
      #expect(list.error == nil && list.output.contains("complete"), "\(list)")
      #expect(list.output.contains("restore -c onebox -a t1 -i 1 -t \(id) -b hdfs_x"), "\(list)")
      let check = await bench.run("check_backup -b hdfs_x -a t1")
      #expect(check.output.contains("every size and MD5 is right"), "\(check)")

      _ = await bench.run("create wide -p 7")
      let made = await bench.run(split)
      #expect(made.error == nil && made.output.contains("written 60 + expired 0"), "\(made)")
      #expect(hdfs.paths.contains("/base/bulk/A/wide/bulk_load_info"))
      let loaded = await bench.run(load)
      #expect(loaded.error == nil && loaded.messages.contains("every MD5 is right"), "\(loaded)")
      #expect(await bench.run("verify_data -c A -a wide").output.contains("Verify done, same: 60 rows."))
      let restored = await bench.run("restore -c onebox -a t1 -i 1 -t \(id) -b hdfs_x -n again")
      #expect(restored.error == nil && restored.messages.contains("holds table 't1'"), "\(restored)")

      #expect(await bench.run("\(split) --clean").error == nil)
      #expect(!hdfs.paths.contains { $0.hasPrefix("/base/bulk") })
      let local = await bench.run("\(split) --to_provider local_service")
      #expect(local.error == nil, "\(local)")
      #expect(await bench.run(load.replacing("hdfs_x", with: "local_service")).error == nil)
      #expect(hdfs.operations.contains("name LISTSTATUS") && !hdfs.operations.contains { $0.hasPrefix("gateway") })
    }
  }

  @Test func playbooksGoOverHDFSAndAreTakenBack() async throws {
    try await withHDFS(hasSecond: true) { bench in
      await filled(bench)
      let restored = await bench.run("migrate_by_backup -c B -a t2 -b hdfs_x -r first --md5")
      #expect(restored.error == nil && restored.output.contains("Verify done, same: 60 rows."), "\(restored)")
      let loaded = await bench.run("migrate_by_bulk_load -c B -a t3 -p 7 -b hdfs_x -r second --md5")
      #expect(loaded.error == nil && loaded.output.contains("Verify done, same: 60 rows."), "\(loaded)")
      #expect(hdfs.paths.contains { $0.hasPrefix("/base/second/") && $0.hasSuffix("/bulk_load_info") })
      for job in [2, 1] {
        let undone = await bench.run("undo \(job)")
        #expect(undone.error == nil && undone.output.hasSuffix("Job \(job) is undone.\n"), "\(undone)")
      }
      #expect(hdfs.paths.isEmpty, "\(hdfs.paths.prefix(3))")
      let left = try await bench.session.cluster(named: "B").listTables()
      #expect(left.isEmpty)
    }
  }

  @Test func aTableMovesOverAGateway() async throws {
    try await withHDFS(hdfs.gatewayAddress) { bench in
      _ = try await backUp(bench)
      _ = await bench.run("create wide -p 7")
      #expect(await bench.run("check_backup -b hdfs_x -a t1").error == nil)
      #expect(await bench.run(split).error == nil)
      #expect(await bench.run(load).error == nil)
      #expect(await bench.run("verify_data -c A -a wide").output.contains("Verify done, same: 60 rows."))
      #expect(!hdfs.operations.contains { !$0.hasPrefix("gateway ") })
    }
  }

  @Test func nameNodesTakeOver() async throws {
    let closed = try freePort()
    try await withHDFS("127.0.0.1:\(closed), \(hdfs.standbyAddress), \(hdfs.address)") { bench in
      _ = try await backUp(bench)
      let check = await bench.run("check_backup -b hdfs_x -a t1")
      #expect(check.error == nil && check.output.contains("every size and MD5 is right"), "\(check)")
    }
    try await withHDFS("127.0.0.1:\(closed), \(hdfs.standbyAddress)") { bench in
      for line in ["ls_backups -b hdfs_x", split.replacing("wide", with: "t1")] {
        let nobody = await bench.run(line)
        #expect(nobody.error?.status == .unreachable, "\(nobody)")
        #expect(nobody.error?.advice.hasPrefix("see whether the storage is up") == true, "\(nobody)")
      }
      let check = await bench.run("check_backup -b hdfs_x")
      #expect(check.error?.status == .couldNotTell, "a check that cannot look says so: \(check)")
    }
  }

  @Test func dataNodesDieInMidFile() async throws {
    try await withHDFS { bench in
      _ = try await backUp(bench)
      _ = await bench.run("create wide -p 3")
      let hdfs = hdfs
      // Everything from the first data node ends halfway.
      hdfs.filter = { server, request in
        guard server == .data(0), request.query["op"] == "OPEN" else { return nil }
        guard let bytes = hdfs[String(request.path.dropFirst("/webhdfs/v1".count))], bytes.count > 1 else { return nil }
        let rest = Array(bytes.dropFirst(Int(request.query["offset"] ?? "") ?? 0))
        return StandInHDFS.Answer(200, body: rest, cutAfter: rest.count / 2)
      }
      let check = await bench.run("check_backup -b hdfs_x -a t1")
      #expect(check.error == nil && check.output.contains("every size and MD5 is right"), "\(check)")
      #expect(await bench.run(split).error == nil)
      // What comes is not what was stored: the MD5 tells.
      #expect(await bench.run("\(split) --clean").error == nil)
      hdfs.filter = { server, request in
        guard case .data = server, request.query["op"] == "OPEN", request.path.hasSuffix(".sst") else { return nil }
        guard var bytes = hdfs[String(request.path.dropFirst("/webhdfs/v1".count))] else { return nil }
        bytes[bytes.count / 2] ^= 1
        return StandInHDFS.Answer(200, body: bytes)
      }
      let damaged = await bench.run("check_backup -b hdfs_x -a t1")
      #expect(damaged.error?.status == .problem && damaged.output.contains("wrongDigest"), "\(damaged)")
      let refused = await bench.run(split)
      #expect(refused.error?.message.contains("the file was damaged") == true, "\(refused)")
      #expect(!hdfs.paths.contains { $0.hasSuffix("bulk_load_info") }, "no server can begin with it")
      // They stand still.
      hdfs.filter = { server, request in
        guard case .data = server, request.query["op"] == "OPEN" else { return nil }
        var answer = StandInHDFS.Answer(200, body: [1, 2])
        answer.pace = (pieces: 1, pause: .seconds(60))
        return answer
      }
      bench.session.webHDFSOptions.stallTimeout = .seconds(1)
      let stuck = await bench.run("check_backup -b hdfs_x -a t1")
      #expect(stuck.error?.status == .couldNotTell, "\(stuck)")
      #expect(stuck.error?.advice.hasPrefix("see whether the storage is up") == true, "\(stuck)")
    }
  }

  @Test func refusalsSayWhatToDoAndAResumeGoesOn() async throws {
    try await withHDFS(isJournaled: true) { bench in
      _ = try await backUp(bench)
      _ = await bench.run("create wide -p 4")
      hdfs.quota = hdfs.paths.reduce(0) { $0 + (hdfs[$1]?.count ?? 0) } + 3000
      let full = await bench.run(split)
      #expect(full.error?.message.contains("DSQuotaExceededException") == true, "\(full)")
      #expect(full.error?.advice.contains("have the quota of the directory raised") == true, "\(full)")
      #expect(!hdfs.paths.contains { $0.hasSuffix("bulk_load_info") })
      hdfs.quota = nil
      let resumed = await bench.run("resume")
      #expect(resumed.error == nil && resumed.output.contains("written 60"), "\(resumed)")
      #expect(await bench.run(load).error == nil)

      hdfs.owner = "somebody"
      for line in ["ls_backups -b hdfs_x -r x", "check_backup -b hdfs_x -a t1", load] {
        let denied = await bench.run(line)
        #expect(denied.error?.message.contains("AccessControlException") == true, "\(denied)")
        #expect(denied.error?.advice.contains("give 'pegasus' the right") == true, "\(denied)")
      }
    }
    hdfs.owner = nil
    try await withHDFS(hdfs.gatewayAddress, user: "") { bench in
      let nobody = await bench.run("ls_backups -b hdfs_x")
      #expect(nobody.error?.advice.contains("'user = <name>' into [block_service.hdfs_x]") == true, "\(nobody)")
    }
    hdfs.token = "JQtoken"
    try await withHDFS { bench in
      let kerberos = await bench.run("ls_backups -b hdfs_x")
      #expect(kerberos.error?.advice.contains("Kerberos, which is not spoken here") == true, "\(kerberos)")
    }
    let scratch = TemporaryDirectory("token")
    try await withHDFS(user: "delegation_file = \(scratch.write("token", "JQtoken\n"))") { bench in
      #expect(await bench.run("ls_backups -b hdfs_x").error == nil)
    }
  }
}
