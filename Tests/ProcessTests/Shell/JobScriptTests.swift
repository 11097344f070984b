import EventLoop
import Glibc
import TestSupport
import Testing

/// Jobs in scripts.
@Suite(.serialized)
struct JobScriptTests {
  private static let tables = """
    create t -p 4 -r 2
    create u -p 3 -r 2
    create v -p 2 -r 2
    use t
    generate_data -n 600 -t 0

    """

  @Test func aScriptWaitsForItsJobs() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run(
        Self.tables + """
          copy_data -c ClusterA -a u --max_rows_per_second 400 &
          copy_data -c ClusterA -a v --max_rows_per_second 300 &
          exit
          nosuch
          """)
      #expect(outcome.exit == .code(0), "\(outcome)")
      #expect(outcome.output.split(separator: "\n").count { $0 == "Copy done, total 600 rows." } == 2)
      #expect(outcome.errorOutput.contains("INFO: waiting for #2 copy_data ClusterA:t -> ClusterA:u"))
      #expect(outcome.errorOutput.contains("INFO: #3 copy_data ClusterA:t -> ClusterA:v has ended"))
      #expect(outcome.errorOutput.split(separator: "\n").count { $0.contains("read 600 = copied 600") } == 2)
    }
  }

  @Test func theStatusIsTheWorstOne() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run(
        Self.tables + "verify_data -c ClusterA -a u --rounds 0 &\ncopy_data -c ClusterA -a v &\nversion")
      #expect(outcome.exit == .code(1), "\(outcome)")
      #expect(outcome.errorOutput.contains("<stdin>:6: verify_data: the tables differ in 600 of 600 rows"))
      #expect(outcome.output.contains("Copy done, total 600 rows."))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalStopsTheJobsOfAScript(_ number: Int32) async throws {
    try await ShellFixture.use { fixture in
      let file = fixture.directory.write(
        "script", Self.tables + "copy_data -c ClusterA -a u --max_rows_per_second 50 &\nversion\n")
      let shell = try ChildProcess(
        ShellFixture.shell, ["--config", fixture.configuration, "-f", file], environment: fixture.environment,
        directory: fixture.directory.path)
      try await eventually("the script waits for its job") { shell.errorOutput.contains("INFO: waiting for #2") }
      shell.signal(number)
      #expect(try await shell.wait() == .signal(number))
      #expect(shell.errorOutput.contains("'resume 2' goes on"), "\(shell.errorOutput)")
      let resumed = try await fixture.run("rate 2 off\nresume")
      #expect(resumed.exit == .code(0), "\(resumed)")
      #expect(resumed.output.hasSuffix("Copy done, total 600 rows.\n"))
    }
  }

  @Test func aJobInFrontPrintsTheOldLines() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run(Self.tables + "copy_data -c ClusterA -a u --max_rows_per_second 300")
      #expect(outcome.exit == .code(0))
      let lines = outcome.errorOutput.split(separator: "\n").filter { $0.contains("INFO: processed for ") }
      #expect(lines.count >= 3)
      #expect(lines.last?.contains(" seconds, (4/4) splits, total 600 rows, last second ") == true)
      #expect(!outcome.errorOutput.contains("\u{1B}"))
    }
  }
}
