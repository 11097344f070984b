import EventLoop
import Glibc
import TestSupport
import Testing

/// The shell at a prompt, typed at through a pseudo terminal.
@Suite(.serialized)
struct ShellTerminalTests {
  @Test func showsThePlaceAndLeavesOnCtrlD() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal()
      #expect(shell.output.plain.contains("Pegasus Shell 1."))
      #expect(shell.output.plain.contains("The cluster name is: ClusterA"))
      #expect(shell.output.plain.contains("ClusterA> "))
      shell.write("create temp -p 2 -r 1\r")
      try await shell.read(until: "create app \"temp\" succeed")
      shell.write("use temp\r")
      try await shell.read(until: "OK")
      try await shell.read(until: "temp")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
      #expect(shell.output.plain.contains("ClusterA:temp> "))
    }
  }

  @Test func completesAndHints() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal()
      shell.write("rdb_key_str")
      try await shell.read(until: "2hex <hash_key> <sort_key>")
      shell.write("\t")
      try await shell.read(until: "2hex ")
      shell.write("h1 s1\r")
      try await shell.read(until: "\"000268317331\"")
      shell.write("cc Cl\t")
      try await shell.read(until: "uster")
      shell.write("B\r")
      try await shell.read(until: "The cluster name is: ClusterB")
      shell.write("exit\r")
      #expect(try await shell.wait() == .code(0))
    }
  }

  @Test func ctrlCClearsTheLineAndThePromptStays() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal()
      shell.write("this is no command")
      try await shell.read(until: "command")
      shell.write("\u{3}")
      try await shell.read(until: "^C")
      try await shell.read(until: "> ")
      shell.write("version\r")
      try await shell.read(until: "(Swift)")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
      #expect(!shell.output.contains("unknown command"))
    }
  }

  /// A server that accepts and never answers keeps a command waiting.
  @Test func ctrlCCancelsTheRunningCommand() async throws {
    let peer = try await ScriptedPeer { connection, _ in _ = try await connection.receiveAll() }
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal(["--cluster", "127.0.0.1:\(peer.port)"])
      shell.write("ls\r")
      try await eventually("the command asks the server") { await peer.connections > 0 }
      let before = ContinuousClock.now
      shell.write("\u{3}")
      try await shell.read(until: "ERROR")
      #expect(ContinuousClock.now - before < .seconds(5))
      try await shell.read(until: "> ")
      shell.write("version\r")
      try await shell.read(until: "(Swift)")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
    }
    await peer.stop()
  }

  @Test func whatIsTypedAheadWaitsForThePrompt() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal()
      shell.write("nodes -q -i 500\r")
      shell.write("rdb_key_str2hex a b\r")
      try await shell.read(until: "unalive_node_count")
      try await shell.read(until: "\"00016162\"")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
    }
  }

  @Test func asksBeforeATableIsDropped() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal()
      shell.write("create t -p 1 -r 1\r")
      try await shell.read(until: "succeed\r\n")
      shell.write("drop t\r")
      try await shell.read(until: "[yes/No] ")
      shell.write("\r")
      try await shell.read(until: "not done")
      shell.write("drop t\r")
      try await shell.read(until: "[yes/No] ")
      shell.write("yes\r")
      try await shell.read(until: "drop app t succeed")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
    }
  }

  @Test func theHistoryIsTheUsersOwn() async throws {
    try await ShellFixture.use { fixture in
      let first = try await fixture.terminal()
      first.write("timeout 4321\r")
      try await first.read(until: "OK")
      first.write("\u{4}")
      try await first.wait()
      var status = stat()
      #expect(stat(fixture.directory.file("state/pegasus-shell/history"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
      let second = try await fixture.terminal()
      second.write("\u{1B}[A")
      try await second.read(until: "timeout 4321")
      second.write("\r")
      try await second.read(until: "OK")
      second.write("\u{4}")
      #expect(try await second.wait() == .code(0))
    }
  }

  @Test func anUnreachableClusterLeavesThePrompt() async throws {
    try await ShellFixture.use { fixture in
      let shell = try await fixture.terminal(["--cluster", "Dead"])
      shell.write("ls\r")
      try await shell.read(until: "no meta server answered as leader within")
      try await shell.read(until: "> ")
      shell.write("\u{4}")
      #expect(try await shell.wait() == .code(0))
    }
  }
}
