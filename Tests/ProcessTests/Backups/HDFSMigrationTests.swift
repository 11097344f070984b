import EventLoop
import TestSupport
import Testing

/// A table from one cluster to another over WebHDFS, with whole programs. The servers see the same files as a
/// local_service.
@Suite(.serialized) @LoopActor struct HDFSMigrationTests {
  @Test func aTableMovesOverHDFS() async throws {
    let hdfs = try StandInHDFS(keepsMarks: true)
    try await ShellFixture.use { fixture in
      fixture.append(
        """
        [block_service.local_service]
        type = local_service
        args = \(hdfs.directory)/base
        [block_service.hdfs_x]
        type = hdfs_service
        args = hdfs://127.0.0.1:8020 /base
        http = \(hdfs.standbyAddress), \(hdfs.address)
        user = pegasus

        """)
      let backup = try await fixture.run(
        """
        create users -p 4 -r 2
        use users
        generate_data -n 3000
        backup users local_service
        ls_backups -b hdfs_x -a users
        check_backup -b hdfs_x -a users
        cc ClusterB
        create wide -p 7 -r 2
        """)
      #expect(backup.exit == .code(0), "\(backup)")
      #expect(backup.output.contains("every size and MD5 is right"), "\(backup)")

      // Killed while files are on their way to it.
      hdfs.filter = { server, request in
        guard case .data = server, request.query["op"] == "OPEN", request.path.hasSuffix(".sst") else { return nil }
        var answer = StandInHDFS.Answer(200, body: [1, 2])
        answer.pace = (pieces: 1, pause: .seconds(120))
        return answer
      }
      let split = "offline_split -b hdfs_x -a users --to_cluster ClusterB --to_table wide --to_root bulk"
      let before = hdfs.requests.count
      let child = try await fixture.terminal(columns: 200)
      child.write("\(split)\n")
      try await eventually("a file is read") {
        hdfs.requests.dropFirst(before).contains { $0.query["op"] == "OPEN" && $0.path.hasSuffix(".sst") }
      }
      child.kill()
      _ = try await child.wait()
      hdfs.filter = nil
      let load = try await fixture.run(
        """
        resume
        cc ClusterB
        start_bulk_load -a wide -c ClusterB -p local_service -r bulk --md5 --wait
        cc ClusterA
        use users
        verify_data -c ClusterB -a wide
        \(split) --clean
        """, ["--yes"])
      #expect(load.exit == .code(0), "\(load)")
      #expect(load.output.contains("written 3000 + expired 0"), "\(load)")
      #expect(load.output.contains("Verify done, same: 3000 rows."), "\(load)")
      #expect(!hdfs.paths.contains { $0.hasPrefix("/base/bulk") })
    }
  }
}
