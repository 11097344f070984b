import EventLoop
import Glibc
import JSON
import TestSupport
import Testing

/// Jobs at the prompt: in front, in the background, from another shell, and after the end of their own.
@Suite(.serialized)
struct JobTerminalTests {
  /// Two clusters with a table `t` each; the one of ClusterA has rows. Job 1 made them, job 2 is the next.
  private func use(rows: Int = 900, _ body: (ShellFixture) async throws -> Void) async throws {
    try await ShellFixture.use { fixture in
      let made = try await fixture.run(
        "create t -p 4 -r 2\nuse t\ngenerate_data -n \(rows) -t 0\ncc ClusterB\ncreate t -p 6 -r 2")
      #expect(made.exit == .code(0), "\(made)")
      try await body(fixture)
    }
  }

  /// The same, and a shell at its prompt in which job 2 was begun: a copy of so many rows a second. One that is to be
  /// stopped on its way has rows for much longer than that may take.
  private func useCopy(
    rows: Int = 900, perSecond rate: Int, _ tail: String = "", until text: String,
    _ body: (ShellFixture, ChildProcess) async throws -> Void
  ) async throws {
    try await use(rows: rows) { fixture in
      let shell = try await fixture.terminal()
      try await say("use t\r", to: shell, until: "OK", "> ")
      try await say("copy_data -c ClusterB -a t --max_rows_per_second \(rate)\(tail)\r", to: shell, until: text)
      try await body(fixture, shell)
    }
  }

  /// Types it, and waits for what it brings, one after the other.
  private func say(_ text: String, to shell: ChildProcess, until answers: String...) async throws {
    shell.write(text)
    for answer in answers { try await shell.read(until: answer) }
  }

  private func leave(_ shell: ChildProcess) async throws {
    shell.write("\u{4}")
    #expect(try await shell.wait() == .code(0))
  }

  @Test func thePromptStaysUsableWhileAJobRuns() async throws {
    try await useCopy(perSecond: 300, " &", until: "#2 copy_data ClusterA:t -> ClusterB:t runs in the background") {
      fixture, shell in
      shell.write("rdb_key_str2hex h1")
      // The state stands in the right prompt, the end above the line, and the line is still there.
      try await shell.read(until: "#2 copy ")
      try await shell.read(until: "Copy done, total 900 rows. (copy_data ClusterA:t -> ClusterB:t)")
      try await shell.read(until: "rdb_key_str2hex h1")
      try await say(" s1\r", to: shell, until: "\"000268317331\"")
      try await leave(shell)
    }
  }

  @Test func keysSteerAJob() async throws {
    try await useCopy(rows: 6000, perSecond: 200, until: "space partitions  p pause") { fixture, shell in
      try await say(" ", to: shell, until: "3 running")
      try await say("?", to: shell, until: "the partitions, one by one")
      try await say("p", to: shell, until: "ETA none while paused")
      try await say("r", to: shell, until: "running")
      try await say("-", to: shell, until: "limit 150 rows/s")
      try await say("+", to: shell, until: "limit 188 rows/s")
      try await say("q", to: shell, until: "#2 goes on in the background; 'attach 2' shows it again")
      try await say("rate 2 off\r", to: shell, until: "job 2: no limit", "Copy done, total 6000 rows.")
      try await leave(shell)
    }
  }

  @Test func ctrlZPutsAJobIntoTheBackgroundAndLeavesTheShellAlone() async throws {
    try await useCopy(rows: 6000, perSecond: 200, until: "space partitions") { fixture, shell in
      try await say("\u{1A}\u{1A}\u{1A}", to: shell, until: "#2 goes on in the background")
      try await say("jobs\r", to: shell, until: "2   running")
      try await say("attach 2\r", to: shell, until: "space partitions")
      try await say("\u{3}", to: shell, until: "stopped after ", "'resume 2' goes on")
      try await leave(shell)
    }
  }

  @Test func ctrlCStopsInOrderAndResumeGoesOn() async throws {
    try await useCopy(rows: 6000, perSecond: 300, until: "last second") { fixture, shell in
      try await say("\u{3}", to: shell, until: "stopped after ", "'resume 2' goes on", "> ")
      try await say("rate 2 off\r", to: shell, until: "no limit")
      try await say("resume\r", to: shell, until: "job 2 goes on after ", "read 6000 = copied 6000 + filtered 0")
      try await say("verify_data -c ClusterB -a t --delay 0\r", to: shell, until: "Verify done, same: 6000 rows.")
      try await leave(shell)
    }
  }

  @Test func leavingAsksWhileAJobRuns() async throws {
    try await useCopy(rows: 6000, perSecond: 100, " &", until: "runs in the background") { fixture, shell in
      try await say("\u{4}", to: shell, until: "Stop in order and leave? [yes/No] ")
      try await say("no\r", to: shell, until: "> ")
      try await say("exit\r", to: shell, until: "Stop in order and leave? [yes/No] ")
      try await say("yes\r", to: shell, until: "'resume 2' goes on")
      #expect(try await shell.wait() == .code(0))
      let jobs = try await fixture.run("jobs")
      #expect(jobs.output.contains("\n2   stopped "))
      #expect(jobs.errorOutput == "", "it was stopped, not interrupted")
    }
  }

  @Test func aShellThatWasKilledLeavesAJobToResume() async throws {
    try await useCopy(rows: 9000, perSecond: 600, " &", until: "runs in the background") { fixture, shell in
      try await eventually("every partition has a checkpoint") {
        let job = try JSONParser.parse(try await fixture.run("job 2 -d -j").output.utf8)
        let marks = job["checkpoints"]?.elements ?? []
        return marks.count == 4 && marks.allSatisfy { $0["position_hex"] != .null }
      }
      shell.kill()
      try await shell.wait()

      let script = try await fixture.run("version")
      #expect(script.exit == .code(0) && script.output.split(separator: "\n").count == 1)
      #expect(script.errorOutput.hasPrefix("copy ClusterA:t -> ClusterB:t ("))
      #expect(script.errorOutput.hasSuffix(" s ago: 'resume 2' goes on, 'job 2' shows it\n"))

      let next = try await fixture.terminal()
      try await next.read(until: "was interrupted")
      try await next.read(until: "'job 2' shows it")
      try await say("rate 2 off\r", to: next, until: "no limit")
      try await say(
        "resume \t\r", to: next, until: "job 2 goes on after ",
        "read 9000 = copied 9000 + filtered 0 + expired 0 + existing 0 + failed 0")
      try await leave(next)
      let same = try await fixture.run("use t\nverify_data -c ClusterB -a t --delay 0")
      #expect(same.exit == .code(0), "\(same)")
      #expect(same.errorOutput.contains("keys 9000 = same 9000"))
    }
  }

  @Test func anotherShellPausesResumesAndCancels() async throws {
    try await useCopy(rows: 6000, perSecond: 100, " &", until: "runs in the background") { fixture, shell in
      try await say("half a li", to: shell, until: "#2 copy ")

      let twice = try await fixture.run("resume 2")
      #expect(twice.exit == .code(5))
      #expect(twice.errorOutput.contains("resume: job 2 is being worked on by process \(shell.pid)"))
      #expect(try await fixture.run("pause").output == "job 2 is paused\n")
      try await shell.read(until: "copy_data is paused: 'resume 2' goes on")
      try await shell.read(until: "half a li")
      try await shell.read(until: "paused")
      #expect(try await fixture.run("resume").output == "job 2 is running\n")
      try await shell.read(until: "copy_data goes on")
      #expect(try await fixture.run("cancel 2").output == "job 2 is cancelled\n")
      try await shell.read(until: "ClusterB:t cancelled: ")
      try await say("\u{3}", to: shell, until: "^C", "> ")
      try await leave(shell)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func aSignalStopsTheJobsInOrder(_ number: Int32) async throws {
    try await useCopy(rows: 6000, perSecond: 100, " &", until: "#2 copy ") { fixture, shell in
      shell.signal(number)
      #expect(try await shell.wait() == .signal(number))
      let jobs = try await fixture.run("jobs")
      #expect(jobs.output.contains("\n2   stopped "), "\(jobs)")
    }
  }
}
