import EventLoop
import TestSupport
import Testing

/// `copy_data --write_mode` between two embedded clusters that the shell starts.
@Suite(.serialized)
struct WriteModeTests {
  @Test func theGroupOfTheConfigurationDecides() async throws {
    try await ShellFixture.use { fixture in
      let prepared = try await fixture.run(
        "create t -p 4 -r 1\nuse t\nset h s v\nset h s2 v\nset i s v\ncc ClusterB\ncreate t -p 8 -r 1")
      #expect(prepared.exit == .code(0), "\(prepared)")

      let auto = try await fixture.run("use t\ncopy_data -c ClusterB -a t --write_mode auto", ["--yes"])
      #expect(auto.exit == .code(0), "\(auto)")
      #expect(
        auto.errorOutput.contains(
          "write_mode = multi_set, since duplicate cannot be used: [duplication-group] of the configuration does not name"
        ))
      let refused = try await fixture.run("use t\ncopy_data -c ClusterB -a t --write_mode duplicate", ["--yes"])
      #expect(refused.exit == .code(5), "\(refused)")
      #expect(refused.errorOutput.contains("does not name 'ClusterA'"))

      // The group is for clusters that are started with it.
      fixture.append("[duplication-group]\nClusterA = 1\nClusterB = 2\n")
      let early = try await fixture.run("use t\ncopy_data -c ClusterB -a t --write_mode duplicate", ["--yes"])
      #expect(early.exit == .code(5), "\(early)")
      #expect(early.errorOutput.contains("the servers of 'ClusterB' do not know 'ClusterA'"))
      try await fixture.run("onebox stop")
      for mode in ["duplicate", "auto"] {
        let done = try await fixture.run("use t\ncopy_data -c ClusterB -a t --write_mode \(mode)", ["--yes"])
        #expect(done.exit == .code(0), "\(done)")
        #expect(done.errorOutput.contains("write_mode = duplicate, rows are marked with cluster id 1"))
        #expect(done.output.contains("Copy done, total 3 rows."))
      }
      #expect(try await fixture.run("use t\nverify_data -c ClusterB -a t").exit == .code(0))
    }
  }

  @Test(arguments: ["-u", "-n", "-g", "--write_mode copy"])
  func conflictsAreUsageErrors(_ option: String) async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run(
        "create t -p 1 -r 1\nuse t\ncopy_data -c ClusterB -a t --write_mode put \(option)", ["--yes"])
      #expect(outcome.exit == .code(2), "\(outcome)")
    }
  }
}
