import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// `verify_data`, `repair_data` and `verify_data` again, between two embedded clusters that the shell starts.
@Suite(.serialized)
struct RepairTests {
  @Test func whatWasDamagedIsWhole() async throws {
    try await ShellFixture.use { fixture in
      let prepared = try await fixture.run(
        """
        create t -p 4 -r 1
        use t
        generate_data -n 3000
        cc ClusterB
        create u -p 8 -r 1
        cc ClusterA
        use t
        copy_data -c ClusterB -a u
        verify_data -c ClusterB -a u
        """, ["--yes"])
      #expect(prepared.exit == .code(0), "\(prepared)")
      // Four rows are gone, two are too many, one has another value, one another expiry.
      let damaged = try await fixture.run(
        """
        cc ClusterB
        use u
        del user00000001 profile
        del user00000002 profile
        del user00000003 profile
        del user00000004 profile
        set extra1 sort x
        set extra2 sort x 3600
        set user00000005 profile other
        set user00000006 profile other 1000
        """)
      #expect(damaged.exit == .code(0), "\(damaged)")
      let found = try await fixture.run("use t\nverify_data -c ClusterB -a u --delay 0 --report r.ndjson")
      #expect(found.exit == .code(1), "\(found)")
      #expect(found.output.contains("Verify done, different: 8 of 3002 rows."))
      #expect(found.errorOutput.contains("'repair_data \(fixture.directory.path)/r.ndjson' mends them"))

      let dry = try await fixture.run("repair_data r.ndjson --dry_run --delete_extra")
      #expect(dry.exit == .code(0), "\(dry)")
      #expect(dry.output.contains("Nothing was written: 6 rows would be mended, 2 deleted."))
      let partly = try await fixture.run("repair_data r.ndjson --events events.ndjson")
      #expect(partly.exit == .code(1), "\(partly)")
      #expect(partly.output.contains("Repair done, mended 6 rows, deleted 0."))
      #expect(partly.errorOutput.contains("2 rows are on the target only, and were left alone"))
      let events = (fixture.directory.read("events.ndjson") ?? "").split(separator: "\n")
      #expect(events.last?.contains(#""event":"summary""#) == true && events.last?.contains(#""mended":6"#) == true)

      let whole = try await fixture.run(
        "repair_data r.ndjson --delete_extra\nuse t\nverify_data -c ClusterB -a u --delay 0")
      #expect(whole.exit == .code(0), "\(whole)")
      #expect(whole.output.contains("Repair done, mended 0 rows, deleted 2."))
      #expect(whole.output.contains("Verify done, same: 3000 rows."))
    }
  }

  @Test func anotherTableIsRefused() async throws {
    try await ShellFixture.use { fixture in
      let prepared = try await fixture.run(
        """
        create t -p 2 -r 1
        use t
        set h s v
        cc ClusterB
        create u -p 2 -r 1
        cc ClusterA
        use t
        verify_data -c ClusterB -a u --delay 0 --report r.ndjson
        """)
      #expect(prepared.exit == .code(1), "\(prepared)")
      let again = try await fixture.run("cc ClusterB\ndrop u\ncreate u -p 2 -r 1", ["--yes"])
      #expect(again.exit == .code(0), "\(again)")
      let refused = try await fixture.run("repair_data r.ndjson")
      #expect(refused.exit == .code(5), "\(refused)")
      #expect(refused.errorOutput.contains("the target table 'u' of ClusterB was dropped and created again"))
      #expect(try await fixture.run("cc ClusterB\nuse u\ncount_data -c").output.contains("total 0 rows"))

      // A report that was cut off is not begun with.
      let report = fixture.directory.read("r.ndjson") ?? ""
      _ = fixture.directory.write("cut.ndjson", String(report.split(separator: "\n").first ?? "") + "\n")
      let cut = try await fixture.run("repair_data cut.ndjson")
      #expect(cut.exit == .code(5), "\(cut)")
      #expect(cut.errorOutput.contains("cut.ndjson: the report ends before its summary"))
    }
  }
}
