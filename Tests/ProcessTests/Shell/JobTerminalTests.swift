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

  private func open(_ fixture: ShellFixture) async throws -> ChildProcess {
    let shell = try await fixture.terminal()
    shell.write("use t\r")
    try await shell.read(until: "OK")
    try await shell.read(until: "> ")
    return shell
  }

  private func leave(_ shell: ChildProcess) async throws {
    shell.write("\u{4}")
    #expect(try await shell.wait() == .code(0))
  }

  private static let copy = "copy_data -c ClusterB -a t --max_rows_per_second"

  @Test func thePromptStaysUsableWhileAJobRuns() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 300 &\r")
      try await shell.read(until: "#2 copy_data ClusterA:t -> ClusterB:t runs in the background")
      shell.write("rdb_key_str2hex h1")
      // The state stands in the right prompt, the end above the line, and the line is still there.
      try await shell.read(until: "#2 copy ")
      try await shell.read(until: "Copy done, total 900 rows. (copy_data ClusterA:t -> ClusterB:t)")
      try await shell.read(until: "rdb_key_str2hex h1")
      shell.write(" s1\r")
      try await shell.read(until: "\"000268317331\"")
      try await leave(shell)
    }
  }

  @Test func keysSteerAJob() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 200\r")
      try await shell.read(until: "space partitions  p pause")
      shell.write(" ")
      try await shell.read(until: "3 running")
      shell.write("?")
      try await shell.read(until: "the partitions, one by one")
      shell.write("p")
      try await shell.read(until: "ETA none while paused")
      shell.write("r")
      try await shell.read(until: "running")
      shell.write("-")
      try await shell.read(until: "limit 150 rows/s")
      shell.write("+")
      try await shell.read(until: "limit 188 rows/s")
      shell.write("q")
      try await shell.read(until: "#2 goes on in the background; 'attach 2' shows it again")
      shell.write("rate 2 off\r")
      try await shell.read(until: "job 2: no limit")
      try await shell.read(until: "Copy done, total 900 rows.")
      try await leave(shell)
    }
  }

  @Test func ctrlZPutsAJobIntoTheBackgroundAndLeavesTheShellAlone() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 200\r")
      try await shell.read(until: "space partitions")
      shell.write("\u{1A}\u{1A}\u{1A}")
      try await shell.read(until: "#2 goes on in the background")
      shell.write("jobs\r")
      try await shell.read(until: "2   running")
      shell.write("attach 2\r")
      try await shell.read(until: "space partitions")
      shell.write("\u{3}")
      try await shell.read(until: "stopped after ")
      try await shell.read(until: "'resume 2' goes on")
      try await leave(shell)
    }
  }

  @Test func ctrlCStopsInOrderAndResumeGoesOn() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 300\r")
      try await shell.read(until: "last second")
      shell.write("\u{3}")
      try await shell.read(until: "stopped after ")
      try await shell.read(until: "'resume 2' goes on")
      try await shell.read(until: "> ")
      shell.write("rate 2 off\r")
      try await shell.read(until: "no limit")
      shell.write("resume\r")
      try await shell.read(until: "job 2 goes on after ")
      try await shell.read(until: "read 900 = copied 900 + filtered 0")
      shell.write("verify_data -c ClusterB -a t --delay 0\r")
      try await shell.read(until: "Verify done, same: 900 rows.")
      try await leave(shell)
    }
  }

  @Test func leavingAsksWhileAJobRuns() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 100 &\r")
      try await shell.read(until: "runs in the background")
      shell.write("\u{4}")
      try await shell.read(until: "Stop in order and leave? [yes/No] ")
      shell.write("no\r")
      try await shell.read(until: "> ")
      shell.write("exit\r")
      try await shell.read(until: "Stop in order and leave? [yes/No] ")
      shell.write("yes\r")
      try await shell.read(until: "'resume 2' goes on")
      #expect(try await shell.wait() == .code(0))
      let jobs = try await fixture.run("jobs")
      #expect(jobs.output.contains("\n2   stopped "))
      #expect(jobs.errorOutput == "", "it was stopped, not interrupted")
    }
  }

  @Test func aShellThatWasKilledLeavesAJobToResume() async throws {
    try await use(rows: 2400) { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 600 &\r")
      try await shell.read(until: "runs in the background")
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
      next.write("rate 2 off\r")
      try await next.read(until: "no limit")
      next.write("resume \t\r")
      try await next.read(until: "job 2 goes on after ")
      try await next.read(until: "read 2400 = copied 2400 + filtered 0 + expired 0 + existing 0 + failed 0")
      try await leave(next)
      let same = try await fixture.run("use t\nverify_data -c ClusterB -a t --delay 0")
      #expect(same.exit == .code(0), "\(same)")
      #expect(same.errorOutput.contains("keys 2400 = same 2400"))
    }
  }

  @Test func anotherShellPausesResumesAndCancels() async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 100 &\r")
      try await shell.read(until: "runs in the background")
      shell.write("half a li")
      try await shell.read(until: "#2 copy ")

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
      shell.write("\u{3}")
      try await shell.read(until: "^C")
      try await shell.read(until: "> ")
      try await leave(shell)
    }
  }

  @Test(arguments: [SIGTERM, SIGHUP])
  func aSignalStopsTheJobsInOrder(_ number: Int32) async throws {
    try await use { fixture in
      let shell = try await open(fixture)
      shell.write("\(Self.copy) 100 &\r")
      try await shell.read(until: "#2 copy ")
      shell.signal(number)
      #expect(try await shell.wait() == .signal(number))
      let jobs = try await fixture.run("jobs")
      #expect(jobs.output.contains("\n2   stopped "), "\(jobs)")
    }
  }
}
