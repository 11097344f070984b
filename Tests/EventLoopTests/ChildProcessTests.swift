import EventLoop
import Glibc
import TestSupport
import Testing

@Suite struct ChildProcessTests {
  @Test func outputErrorsAndStatusAreCollected() async throws {
    let outcome = try await ChildProcess.run("/bin/sh", ["-c", "cat; echo bad >&2; exit 3"], input: "hello\n")
    #expect(outcome.output == "hello\n")
    #expect(outcome.errorOutput == "bad\n")
    #expect(outcome.exit == .code(3))
  }

  @Test func aConversationWaitsForPatterns() async throws {
    let child = try ChildProcess("/bin/sh", ["-c", "echo ready; read line; echo got $line; exec sleep 1000"])
    try await child.read(until: "ready\n")
    child.write("input\n")
    #expect(try await child.read(until: "got input") == "got input")
    child.signal(SIGTERM)
    #expect(try await child.wait() == .signal(SIGTERM))
  }

  @Test func aTerminalIsATerminal() async throws {
    let child = try ChildProcess("/bin/sh", ["-c", "test -t 0 && stty size; read x"], columns: 91, rows: 17)
    try await child.read(until: "17 91")
    child.write("\u{3}")
    #expect(try await child.wait() == .signal(SIGINT))
  }

  @Test func theEnvironmentAndDirectoryAreWhatWasAskedFor() async throws {
    let directory = TemporaryDirectory()
    let outcome = try await ChildProcess.run(
      "/bin/sh", ["-c", "pwd; echo $WHO"], environment: ["WHO": "me"], directory: directory.path)
    #expect(outcome.output == "\(directory.path)\nme\n")
  }

  @Test func aMissingProgramSaysSo() {
    #expect(throws: SocketError.self) { try ChildProcess("/no/such/program") }
  }
}
