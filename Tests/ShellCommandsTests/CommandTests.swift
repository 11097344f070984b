import Bytes
import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import ShellCommands
import Testing

/// Commands that need no cluster.
@Suite @LoopActor
struct CommandTests {
  @Test func keysAndValuesAsTheOldShellShowsThem() async throws {
    let shell = FakeShell()
    let status = try await shell.run(
      """
      rdb_key_str2hex h1 s1
      rdb_key_hex2str 0x000268317331
      rdb_value_hex2str 0x000000007631
      """)
    #expect(status == .ok)
    #expect(
      shell.output() == """
        "000268317331"

        hash key: "h1"

        sort key: "s1"

        When to expire:
          never
        user_data:
          "v1"

        """)
  }

  @Test(arguments: [
    "rdb_key_hex2str 000268317331", "rdb_key_hex2str 0x0", "rdb_key_hex2str 0xFFFF00", "rdb_value_hex2str 0x00",
  ])
  func badHexIsAUsageError(_ line: String) async throws {
    #expect(try await FakeShell().run(line) == .usage)
  }

  @Test func aValueTellsItsVersion() async throws {
    let shell = FakeShell(isJSON: true)
    var buffer = ByteBuffer()
    ValueHeader(
      version: .v1, expiry: 0, timeTag: TimeTag(microseconds: 1_795_000_000_000_000, clusterID: 1, isDeletion: false)
    )
    .encode(into: &buffer)
    buffer.append(utf8: "data")
    #expect(try await shell.run("rdb_value_hex2str 0x\(Hex.encode(buffer.array()))") == .ok)
    let output = shell.output()
    #expect(output.contains("\"data_version\": 1") && output.contains("\"user_data\": \"data\""))
    #expect(output.contains("\"version\": 1"))
  }

  @Test func settingsAreShownAndSet() async throws {
    let shell = FakeShell()
    let script = "timeout\ntimeout 3000\ntimeout\nescape_all\nescape_all TRUE\nescape_all\n"
    #expect(try await shell.run(script) == .ok)
    #expect(
      shell.output() == """
        Current timeout: 5000 ms.
        OK
        Current timeout: 3000 ms.
        Current escape_all: false.
        OK
        Current escape_all: true.

        """)
    #expect(shell.session.timeout == .seconds(3))
  }

  @Test(arguments: [
    "timeout 0", "timeout x", "escape_all 1", "create bad-name", "create t -p 0", "create t -e x", "set_app_envs a",
    "clear_app_envs", "clear_app_envs -a -p x", "recall x", "rename a a", "ls -s nosuch", "nodes -s nosuch",
    "nodes -i 0",
    "remote_command -t nosuch help", "remote_command -t all -l 127.0.0.1:1 help", "onebox reset",
    "set_meta_level bogus",
  ])
  func badArgumentsAreUsageErrors(_ line: String) async throws {
    let shell = FakeShell()
    #expect(try await shell.run(line) == .usage)
    #expect(shell.errorOutput().contains("USAGE: "))
  }

  @Test func aCommaBelongsToAThrottlingRule() throws {
    let tokens = try Tokenizer.statement(
      "create t -e replica.write_throttling=1*delay*100,2*reject*200,default_ttl=5"
    ).tokens
    guard case .command(let bound) = try shellCommands.resolve(tokens), let create = bound.command as? CreateTable
    else {
      Issue.record("create is not understood")
      return
    }
    #expect(
      try create.environment() == ["replica.write_throttling": "1*delay*100,2*reject*200", "default_ttl": "5"])
  }

  @Test func statusesFollowTheCause() {
    let node = NodeAddress(host: "h", port: 1)
    let causes: [(any Error, ShellCommands.ExitStatus)] = [
      (ClientError(.noLeader(attempts: [], after: .seconds(1)), while: "x"), .unreachable),
      (ClientError(.transport(.connect(node, "RPC", "refused")), while: "x"), .unreachable),
      (ClientError(.noSuchTable("t"), while: "x"), .problem), (ClientError(.cancelled, while: "x"), .interrupted),
      (CancellationError(), .interrupted), (UsageError("bad"), .usage), (ShellError("no", status: .refused), .refused),
    ]
    for (error, status) in causes { #expect(ShellError(error).status == status) }
  }

  @Test func anUnknownTableIsAnsweredWithWhatThereIs() async throws {
    let shell = FakeShell()
    #expect(try await shell.run("use\n") == .usage)
    #expect(try await shell.run("get_app_envs\n") != .ok)
  }

  @Test func changingTheClusterForgetsTheTable() async throws {
    let shell = FakeShell()
    shell.session.tableName = "t"
    #expect(try await shell.run("cc 10.0.0.1:34601,10.0.0.2:34601\n") == .ok)
    #expect(shell.session.tableName == nil)
    #expect(
      shell.output() == """
        The cluster name is: 10.0.0.1:34601,10.0.0.2:34601
        The cluster meta list is: 10.0.0.1:34601,10.0.0.2:34601

        """)
    #expect(shell.errorOutput().contains("'t'"))
    #expect(try await shell.run("cc nosuch\n") == .usage)
  }
}
