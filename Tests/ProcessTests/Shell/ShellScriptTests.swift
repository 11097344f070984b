import EventLoop
import Foundation
import Glibc
import TestSupport
import Testing

/// The shell with a script on its standard input, against embedded clusters that it starts itself.
@Suite(.serialized)
struct ShellScriptTests {
  @Test func startsItsClusterAndWorksWithTables() async throws {
    try await ShellFixture.use { fixture in
      let first = try await fixture.run("create temp -p 8 -r 2\nls\napp temp -d\nuse temp\nnodes -d")
      #expect(first.exit == .code(0), "\(first)")
      #expect(first.errorOutput.contains("started embedded cluster ClusterA (pid "))
      #expect(first.errorOutput.contains("temp is ready now: (8/8)"))
      let lines = first.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      #expect(lines.first == "create app \"temp\" succeed")
      // The layouts of the old shell.
      #expect(
        lines.contains(
          "app_id  status     app_name  app_type  partition_count  replica_count  is_stateful  create_time          "
            + "drop_time  drop_expire  envs_count  atomic_idempotent  "))
      #expect(
        lines.contains { $0.hasPrefix("1       AVAILABLE  temp      pegasus   8                2              true") })
      #expect(lines.contains("total_app_count  : 1"))
      #expect(lines.contains("app_name  : temp") && lines.contains("detailed  : true"))
      #expect(lines.contains("max_replica_count  : 2   "))
      #expect(lines.contains { $0.hasPrefix("pidx  ballot  replica_count  primary") })
      #expect(lines.contains("fully_healthy_partition_count    : 8"))
      #expect(lines.contains { $0.hasSuffix("status    replica_count  primary_count  secondary_count") })
      #expect(lines.contains("alive_node_count    : 2"))
      #expect(lines.contains("OK"))

      // The cluster outlived the shell, and is not started again.
      let second = try await fixture.run("ls\nonebox status")
      #expect(second.exit == .code(0))
      #expect(second.errorOutput == "")
      #expect(second.output.contains("running"))
    }
  }

  @Test func documentsAreTypedAndHaveAVersion() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run("create t -p 2 -r 1\nls\nserver_info -t meta-server", ["--json"])
      #expect(outcome.exit == .code(0), "\(outcome)")
      #expect(outcome.output.contains("\"version\": 1"))
      #expect(outcome.output.contains("\"partition_count\": 2"))
      #expect(outcome.output.contains("\"is_stateful\": true"))
      #expect(outcome.output.contains("\"drop_time\": null"))
      #expect(outcome.output.contains("\"role\": \"meta-server\""))
    }
  }

  @Test func dropsRecallsAndRenames() async throws {
    try await ShellFixture.use { fixture in
      fixture.append("[cluster.ClusterA]\nrole = production\n")
      let refused = try await fixture.run("create t -p 2 -r 1\ndrop t")
      #expect(refused.exit == .code(5))
      #expect(refused.errorOutput.contains("<stdin>:2: drop: ") && refused.errorOutput.contains("--yes"))
      let done = try await fixture.run(
        "drop t\nls -s dropped\nrecall 1 back\nrename back again\nls -p again -m exact", ["--yes"])
      #expect(done.exit == .code(0), "\(done)")
      #expect(done.output.contains("drop app t succeed"))
      #expect(done.output.contains("DROPPED"))
      #expect(done.output.contains("recall app 1 succeed"))
      #expect(done.output.contains("rename app ok, old_app_name(back), new_app_name(again)"))
      #expect(done.output.contains("AVAILABLE  again"))
    }
  }

  @Test func environmentsAreCheckedByTheServer() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run(
        """
        create t -p 2 -r 1 -e default_ttl=60
        use t
        get_app_envs
        set_app_envs rocksdb.usage_scenario bulk_load
        del_app_envs default_ttl
        get_app_envs -j
        set_app_envs nosuch.env 1
        """)
      #expect(outcome.exit == .code(1), "\(outcome)")
      #expect(outcome.output.contains("[app_envs]\ndefault_ttl  : 60\n"))
      #expect(outcome.output.contains("set app envs succeed"))
      #expect(outcome.output.contains("\"rocksdb.usage_scenario\": \"bulk_load\""))
      #expect(outcome.errorOutput.contains("<stdin>:7: set_app_envs: "))
      #expect(outcome.errorOutput.contains("app_env 'nosuch.env' is not supported"))
    }
  }

  @Test func saysWhatThereIsWhenANameIsUnknown() async throws {
    try await ShellFixture.use { fixture in
      let cluster = try await fixture.run("ls", ["--cluster", "ClusterX"])
      #expect(cluster.exit == .code(2))
      #expect(cluster.errorOutput.contains("ClusterA, ClusterB, Dead"))
      let table = try await fixture.run("create temp -p 1 -r 1\nuse tmep")
      #expect(table.exit == .code(1))
      #expect(table.errorOutput.contains("<stdin>:2: use: table 'tmep' does not exist"))
      #expect(table.errorOutput.contains("did you mean 'temp'?"))
    }
  }

  @Test func anUnreachableClusterIsNamedWithItsAddresses() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await fixture.run("version\n\nls\nversion", ["--cluster", "Dead"])
      #expect(outcome.exit == .code(3))
      #expect(outcome.output.split(separator: "\n").count == 1)
      #expect(outcome.errorOutput.contains("<stdin>:3: ls: "))
      #expect(outcome.errorOutput.contains("127.0.0.1:"))
      #expect(outcome.errorOutput.contains(" within "))
    }
  }

  @Test func aBrokenConfigurationIsNamedWithItsLine() async throws {
    let directory = TemporaryDirectory("shell")
    let file = directory.write("broken.ini", "[pegasus.clusters]\nA = nowhere\n")
    let outcome = try await ChildProcess.run(ShellFixture.shell, [file, "A"], input: "ls\n")
    #expect(outcome.exit == .code(2))
    #expect(outcome.errorOutput.contains("\(file):2: "))
    #expect(outcome.errorOutput.contains("host:port is expected"))
  }

  @Test func aFileOfCommandsIsNamedInErrors() async throws {
    try await ShellFixture.use { fixture in
      let script = fixture.directory.write("script.txt", "# first\nversion\nnosuch\nversion\n")
      let outcome = try await fixture.run("", ["-f", script])
      #expect(outcome.exit == .code(2))
      #expect(outcome.errorOutput.hasPrefix("\(script):3: nosuch: "))
      let keeping = try await fixture.run("", ["-f", script, "--keep-going"])
      #expect(keeping.exit == .code(2))
      #expect(keeping.output.split(separator: "\n").count == 2)
      let commands = try await fixture.run("", ["-c", "version; help; exit; nosuch"])
      #expect(commands.exit == .code(0))
    }
  }

  @Test func aSignalEndsAScriptThatWaits() async throws {
    let home = TemporaryDirectory("shell")
    let child = try ChildProcess(ShellFixture.shell, ["-f", "-"], environment: ["HOME": home.path])
    child.write("version\n")
    try await eventually("the shell waits for more") { [child] in
      child.signal(SIGINT)
      return !child.isRunning
    }
    #expect(try await child.wait() == .signal(SIGINT))
  }

  @Test func aReaderThatGoesAwayIsNoError() async throws {
    try await ShellFixture.use { fixture in
      let outcome = try await ChildProcess.run(
        "/bin/sh",
        ["-c", "'\(ShellFixture.shell)' --config '\(fixture.configuration)' -c 'help; help; help' | head -1"],
        environment: fixture.environment)
      #expect(outcome.exit == .code(0))
      #expect(outcome.errorOutput == "")
    }
  }

  @Test func shellsThatComeTogetherStartOneCluster() async throws {
    try await ShellFixture.use { fixture in
      let outcomes = try await withThrowingTaskGroup(of: ChildProcess.Outcome.self) { group in
        for _ in 0..<3 { group.addTask { try await fixture.run("ls") } }
        var outcomes: [ChildProcess.Outcome] = []
        for try await outcome in group { outcomes.append(outcome) }
        return outcomes
      }
      #expect(outcomes.allSatisfy { $0.exit == .code(0) })
      #expect(outcomes.count { $0.errorOutput.contains("started embedded cluster") } == 1)
    }
  }

  @Test func aClusterThatWasKilledIsStartedAgain() async throws {
    try await ShellFixture.use { fixture in
      try await fixture.run("create t -p 1 -r 1")
      let pids = try await fixture.run("onebox status", ["--json"]).output
      let number = try #require(pids.split(separator: "\n").first { $0.contains("\"pid\": ") && !$0.contains("null") })
      let pid = try #require(Int32(number.filter(\.isNumber)))
      kill(pid, SIGKILL)
      try await eventually("the process is gone") {
        guard let stream = fopen("/proc/\(pid)/stat", "r") else { return true }
        defer { fclose(stream) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, stream) != nil else { return true }
        return String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
      }
      let again = try await fixture.run("ls")
      #expect(again.exit == .code(0))
      #expect(again.errorOutput.contains("started embedded cluster ClusterA"))
      #expect(again.output.contains("AVAILABLE  t "))
    }
  }

  /// The shell that started it may have ended before it could note that.
  @Test func aClusterThatHasJustBegunIsStopped() async throws {
    try await ShellFixture.use { fixture in
      let cluster = try ChildProcess(
        BuiltPrograms.path("pegasus-onebox"),
        ["--data_dir", fixture.directory.file("A"), "--meta_port", "0", "--replicas=1"])
      // Before it has written anything down.
      cluster.signal(SIGSTOP)
      async let stopping = fixture.run("onebox stop ClusterA")
      try await eventually("it is asked to stop") {
        let status = (try? String(contentsOfFile: "/proc/\(cluster.pid)/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").contains { $0.hasPrefix("ShdPnd:") && $0.contains("4000") }
      }
      cluster.signal(SIGCONT)
      let stopped = try await stopping
      #expect(stopped.output.contains("stopped embedded cluster ClusterA (pid \(cluster.pid))"), "\(stopped)")
      try await cluster.wait()
    }
  }

  @Test func resetRemovesTheData() async throws {
    try await ShellFixture.use { fixture in
      try await fixture.run("create t -p 1 -r 1")
      let outcome = try await fixture.run("onebox reset ClusterA\nls", ["--yes"])
      #expect(outcome.exit == .code(0), "\(outcome)")
      #expect(outcome.output.contains("removed the data of embedded cluster ClusterA"))
      #expect(outcome.output.contains("total_app_count  : 0"))
    }
  }

  @Test func aClusterThatCannotStartShowsItsLog() async throws {
    try await ShellFixture.use { fixture in
      fixture.directory.write("A", "a file where the directory should be")
      let outcome = try await fixture.run("ls")
      #expect(outcome.exit != .code(0))
      #expect(outcome.errorOutput.contains("embedded cluster 'ClusterA' cannot be started"))
    }
  }

  @Test func bearsClosedStreams() async throws {
    try await ShellFixture.use { fixture in
      func run(_ redirection: String) async throws -> ChildProcess.Outcome {
        try await ChildProcess.run(
          "/bin/sh", ["-c", "exec \"$0\" --config \"$1\" \(redirection)", ShellFixture.shell, fixture.configuration],
          environment: fixture.environment, directory: fixture.directory.path)
      }
      let withoutInput = try await run("<&-")
      #expect(withoutInput.exit == .code(0), "\(withoutInput)")
      let withoutOutput = try await run("-c version >&-")
      #expect(withoutOutput.exit == .code(1), "\(withoutOutput)")
      #expect(withoutOutput.errorOutput.contains("cannot write to standard output: Bad file descriptor"))
    }
  }
}
