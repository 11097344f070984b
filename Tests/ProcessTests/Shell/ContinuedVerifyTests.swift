import EventLoop
import TestSupport
import Testing

/// Verifies and repairs whose shell is killed, and that another shell goes on with.
@Suite(.serialized)
struct ContinuedVerifyTests {
  private static let rows = 6000

  /// Tables `t` of ClusterA and `u` of ClusterB; every hundredth row of `t` below 3000 is not what it is in `u`.
  private func prepare(_ fixture: ShellFixture, copies: Bool = true) async throws {
    var script = "create t -p 4 -r 1\nuse t\ngenerate_data -n \(Self.rows)\ncc ClusterB\ncreate u -p 6 -r 1\n"
    if copies {
      script += "cc ClusterA\nuse t\ncopy_data -c ClusterB -a u\n"
      for number in 1...20 {
        let user = String(number * 20)
        script += "set user\(String(repeating: "0", count: 8 - user.count))\(user) profile other\n"
      }
    }
    let prepared = try await fixture.run(script, ["--yes"])
    #expect(prepared.exit == .code(0), "\(prepared)")
  }

  /// Runs a line until it has shown its progress so often, and kills its shell.
  private func kill(
    _ fixture: ShellFixture, _ line: String, after times: Int, of text: String = "processed for"
  ) async throws {
    let child = try ChildProcess(
      ShellFixture.shell, ["--config", fixture.configuration, "--yes"], environment: fixture.environment,
      directory: fixture.directory.path)
    child.write("use t\n\(line)\n")
    try await eventually("it has come some way") { child.errorOutput.ranges(of: text).count >= times }
    #expect(!child.output.contains(" done, "), "\(child.output)\(child.errorOutput)")
    child.kill()
    try await child.wait()
  }

  @Test func aKilledVerifyGoesOn() async throws {
    try await ShellFixture.use { fixture in
      try await prepare(fixture)
      try await kill(
        fixture, "verify_data -c ClusterB -a u --delay 0 --report r.ndjson --max_rows_per_second 4000",
        after: 2)
      let jobs = try await fixture.run("jobs")
      #expect(jobs.output.contains("verify_data") && jobs.output.contains("interrupted"), "\(jobs)")
      let resumed = try await fixture.run("resume")
      #expect(resumed.exit == .code(1), "\(resumed)")
      #expect(resumed.errorOutput.contains("goes on after"))
      #expect(resumed.output.contains("Verify done, different: 20 of \(Self.rows) rows."))
      #expect(
        resumed.errorOutput.contains("rows read: \(Self.rows) of the source, \(Self.rows) of the target"))
      let repaired = try await fixture.run("repair_data r.ndjson\nuse t\nverify_data -c ClusterB -a u --delay 0")
      #expect(repaired.exit == .code(0), "\(repaired)")
    }
  }

  @Test func aVerifyRefusesAnotherTable() async throws {
    try await ShellFixture.use { fixture in
      try await prepare(fixture)
      try await kill(
        fixture, "verify_data -c ClusterB -a u --max_rows_per_second 4000", after: 1)
      let again = try await fixture.run("cc ClusterB\ndrop u\ncreate u -p 6 -r 1", ["--yes"])
      #expect(again.exit == .code(0), "\(again)")
      let resumed = try await fixture.run("resume")
      #expect(resumed.exit == .code(5), "\(resumed)")
      #expect(resumed.errorOutput.contains("the target table 'u' of ClusterB was dropped and created again"))
    }
  }

  @Test func aKilledRepairGoesOn() async throws {
    try await ShellFixture.use { fixture in
      try await prepare(fixture, copies: false)
      let found = try await fixture.run("use t\nverify_data -c ClusterB -a u --delay 0 --report r.ndjson")
      #expect(found.exit == .code(1), "\(found)")
      try await kill(
        fixture, "repair_data r.ndjson --max_rows_per_second 2000", after: 2)
      let resumed = try await fixture.run("resume\nuse t\nverify_data -c ClusterB -a u --delay 0")
      #expect(resumed.exit == .code(0), "\(resumed)")
      #expect(resumed.errorOutput.contains("goes on after"))
      #expect(resumed.errorOutput.contains("looked at \(Self.rows) = mended "))
      #expect(resumed.output.contains("Verify done, same: \(Self.rows) rows."))

      // Another report under the same name is not gone on with.
      try await kill(
        fixture, "repair_data r.ndjson --max_rows_per_second 2000", after: 1)
      let lines = (fixture.directory.read("r.ndjson") ?? "").split(separator: "\n")
      _ = fixture.directory.write("r.ndjson", (lines.prefix(3) + lines.suffix(1)).joined(separator: "\n") + "\n")
      let refused = try await fixture.run("resume")
      #expect(refused.exit == .code(5), "\(refused)")
      #expect(refused.errorOutput.contains("is another one"))
    }
  }

  @Test func aKilledCopyGoesOnWithItsVerify() async throws {
    try await ShellFixture.use { fixture in
      try await prepare(fixture, copies: false)
      try await kill(
        fixture, "copy_data -c ClusterB -a u --verify --verify_delay 0 --max_rows_per_second 4000",
        after: 1, of: "rows, 0 differ")
      let resumed = try await fixture.run("resume -j")
      #expect(resumed.exit == .code(0), "\(resumed)")
      #expect(resumed.output.contains("\"copied\": \(Self.rows)") && resumed.output.contains("\"same\": \(Self.rows)"))
      #expect(resumed.output.contains("\"conclusion\": \"same\""))
    }
  }

  @Test func aCopyIsVerified() async throws {
    try await ShellFixture.use { fixture in
      let prepared = try await fixture.run(
        "create t -p 4 -r 1\nuse t\ngenerate_data -n 1000\ncc ClusterB\ncreate u -p 6 -r 1", ["--yes"])
      #expect(prepared.exit == .code(0), "\(prepared)")
      let clean = try await fixture.run("use t\ncopy_data -c ClusterB -a u --verify --verify_delay 0")
      #expect(clean.exit == .code(0), "\(clean)")
      #expect(clean.output.hasSuffix("Copy done, total 1000 rows.\nVerify done, same: 1000 rows.\n"))
      #expect(
        clean.errorOutput.contains("read 1000 = copied 1000") && clean.errorOutput.contains("keys 1000 = same 1000"))

      // A row too many on the target: the copy is complete, and the verify says what is not.
      let damaged = try await fixture.run("cc ClusterB\nuse u\nset extra sort x")
      #expect(damaged.exit == .code(0), "\(damaged)")
      let different = try await fixture.run(
        "use t\ncopy_data -c ClusterB -a u --verify --verify_delay 0 --verify_report r.ndjson", ["--yes"])
      #expect(different.exit == .code(1), "\(different)")
      #expect(different.output.contains("Copy done, total 1000 rows."))
      #expect(different.output.hasSuffix("Verify done, different: 1 of 1001 rows.\n"))
      #expect(try await fixture.run("repair_data r.ndjson --delete_extra").exit == .code(0))

      // With --verify alone there is something to set.
      let conflict = try await fixture.run("use t\ncopy_data -c ClusterB -a u --verify_sample 10")
      #expect(conflict.exit == .code(2), "\(conflict)")
    }
  }
}
