import EventLoop
import TestSupport
import Testing

/// A table from one cluster to another over a storage, with whole programs.
@Suite(.serialized) struct MigrationTests {
  /// The backup's id, from the line that tells how to restore it.
  private func id(in outcome: ChildProcess.Outcome) throws -> String {
    let words = outcome.errorOutput.plain.split { $0 == " " || $0 == "\n" }
    let place = try #require(words.firstIndex(of: "-t"), "\(outcome)")
    return String(words[place + 1])
  }

  private func expectSuccess(_ outcome: ChildProcess.Outcome, _ comment: Comment) {
    #expect(outcome.exit == .code(0), "\(comment): \(outcome.output) \(outcome.errorOutput)")
  }

  @Test func aTableMovesByRestoreAndByBulkLoad() async throws {
    try await ShellFixture.use { fixture in
      let backup = try await fixture.run(
        """
        create users -p 4 -r 2
        use users
        generate_data -n 5000
        backup users local_service
        ls_backups -b local_service -a users
        check_backup -b local_service -a users
        """)
      expectSuccess(backup, "backup")
      let id = try id(in: backup)
      #expect(backup.output.contains(" is complete.\n") && backup.output.contains("every size and MD5 is right"))

      let restore = try await fixture.run(
        """
        cc ClusterB
        restore -c ClusterA -a users -i 1 -t \(id) -b local_service
        cc ClusterA
        use users
        verify_data -c ClusterB -a users
        """)
      expectSuccess(restore, "restore")
      #expect(restore.output.contains("Restored table 'users' (id 1), 4 partitions."))
      #expect(restore.output.contains("Verify done, same: 5000 rows."))

      let load = try await fixture.run(
        """
        cc ClusterB
        create wide -p 7 -r 2
        offline_split -b local_service -a users --to_cluster ClusterB --to_table wide --to_root bulk
        start_bulk_load -a wide -c ClusterB -p local_service -r bulk --md5 --wait
        cc ClusterA
        use users
        verify_data -c ClusterB -a wide
        offline_split -b local_service -a users --to_cluster ClusterB --to_table wide --to_root bulk --clean
        """)
      expectSuccess(load, "load")
      #expect(load.output.contains("written 5000 + expired 0 + misplaced 0"))
      #expect(load.output.contains("Verify done, same: 5000 rows."))
    }
  }

  @Test func whatAKilledShellHasBegunIsGoneOnWith() async throws {
    try await ShellFixture.use { fixture in
      expectSuccess(
        try await fixture.run("create users -p 4 -r 2\nuse users\ngenerate_data -n 2000 --value_size 3000"), "rows")
      // The servers take seconds for it.
      expectSuccess(
        try await fixture.run("rate_limit set upload 1\ncc ClusterB\nrate_limit set download 1"), "limits")
      try await killed(fixture, "backup users local_service", at: "BackupID: ")
      let resumed = try await fixture.run("resume\nquery_backup_status users")
      expectSuccess(resumed, "resumed backup")
      #expect(resumed.output.split(separator: "\n").count { $0.contains("completed") } == 1)
      let id = try id(in: resumed)

      try await killed(
        fixture, "cc ClusterB\nrestore -c ClusterA -a users -i 1 -t \(id) -b local_service", at: "new app_id = ")
      expectSuccess(try await fixture.run("cc ClusterB\nrate_limit set download 0\nresume"), "resumed restore")

      expectSuccess(try await fixture.run("cc ClusterB\ncreate wide -p 6 -r 2"), "wide")
      let split = "offline_split -b local_service -a users --to_cluster ClusterB --to_table wide --to_root bulk"
      try await killed(fixture, split, at: "files for table 'wide'")
      // It may have got so far that there is nothing to go on with, or not as far as a job.
      let again = try await fixture.run("resume")
      if again.exit != .code(0) { expectSuccess(try await fixture.run("\(split) --clean\n\(split)"), "another split") }
      try await killed(
        fixture, "cc ClusterB\nstart_bulk_load -a wide -c ClusterB -p local_service -r bulk --wait",
        at: "start bulk load succeed")
      expectSuccess(try await fixture.run("resume"), "resumed load")
      let verify = try await fixture.run(
        "use users\nverify_data -c ClusterB -a users\nverify_data -c ClusterB -a wide")
      #expect(verify.output.split(separator: "\n").count { $0 == "Verify done, same: 2000 rows." } == 2, "\(verify)")
    }
  }

  /// Runs lines and kills the shell as soon as it has said something.
  private func killed(_ fixture: ShellFixture, _ lines: String, at text: String) async throws {
    let child = try ChildProcess(
      ShellFixture.shell, ["--config", fixture.configuration], columns: 200, rows: 30, environment: fixture.environment,
      directory: fixture.directory.path)
    _ = try await child.read(until: "> ")
    for line in lines.split(separator: "\n") { child.write("\(line)\n") }
    _ = try await child.read(until: text)
    child.kill()
    _ = try await child.wait()
  }
}
