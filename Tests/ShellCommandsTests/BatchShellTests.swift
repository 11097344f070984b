import CommandLineKit
import EventLoop
import ShellCommands
import Testing

@Suite @LoopActor
struct BatchShellTests {
  @Test func runsLinesAndPassesOverCommentsAndBlankLines() async throws {
    let shell = FakeShell(registry: fakeCommands)
    let status = try await shell.run("say one # not two\n\n   \n# comment\n  say \"a b\" 'c'\nsay last")
    #expect(status == .ok)
    #expect(shell.output() == "one\na b c\nlast\n")
    #expect(shell.errorOutput() == "")
  }

  @Test func stopsAtTheFirstFailureAndNamesIt() async throws {
    let shell = FakeShell(registry: fakeCommands)
    #expect(try await shell.run("say one\n\nsay 3\nsay never\n") == .unreachable)
    #expect(shell.output() == "one\n")
    #expect(shell.errorOutput() == "<stdin>:3: say: said 3 (say something else)\n")
  }

  @Test func keepGoingEndsWithTheWorstStatus() async throws {
    var options = SessionOptions()
    options.keepsGoing = true
    let shell = FakeShell(registry: fakeCommands, options: options)
    #expect(try await shell.run("say 1\nsay 3\nsay 1\nsay end\n") == .unreachable)
    #expect(shell.output() == "end\n")
    #expect(shell.errorOutput().split(separator: "\n").count == 3)
  }

  @Test func anUnknownCommandGetsTheNearestNameAndOneLineOfUsage() async throws {
    let shell = FakeShell(registry: fakeCommands)
    #expect(try await shell.run("sya hello\n") == .usage)
    #expect(
      shell.errorOutput()
        == "<stdin>:1: sya: unknown command 'sya'; did you mean 'say'?\nUSAGE: say [word...]\n")
  }

  @Test func anOpenQuoteIsAnErrorWithItsColumn() async throws {
    let shell = FakeShell(registry: fakeCommands)
    #expect(try await shell.run("say 'open\n") == .usage)
    #expect(shell.errorOutput().contains("column 5"))
  }

  @Test func exitEndsTheScriptWithTheStatusSoFar() async throws {
    var options = SessionOptions()
    options.keepsGoing = true
    let shell = FakeShell(registry: fakeCommands, options: options)
    #expect(try await shell.run("say 1\nquit\nsay never\n") == .problem)
    #expect(shell.output() == "")
  }

  @Test func aLineGoesOnAfterABackslash() async throws {
    let shell = FakeShell(registry: fakeCommands)
    #expect(try await shell.run("say one \\\n two\nsay 1\n") == .problem)
    #expect(shell.output() == "one two\n")
    #expect(shell.errorOutput().hasPrefix("<stdin>:3: "))
  }

  @Test func theTextOfMinusCIsCutAtSemicolons() async throws {
    let reader = try ScriptReader(commands: "say a; say 'b;c' ; ; # no\n say d")
    var lines: [String] = []
    while let line = try await reader.next() {
      lines.append("\(line.number): \(String(decoding: line.text, as: UTF8.self))")
    }
    #expect(lines == ["1: say a", "2: say 'b;c'", "3: say d"])
  }

  @Test func aCommandReadsTheLinesThatFollowIt() async throws {
    let reader = try ScriptReader(commands: "gather; x y; end; say after")
    let shell = FakeShell(registry: fakeCommands, input: BatchInput(reader))
    #expect(await BatchShell(session: shell.session, script: reader).run() == .ok)
    #expect(shell.output() == "<x y>\nafter\n")
  }

  @Test func theEndOfTheInputEndsWhatACommandReads() async throws {
    let reader = try ScriptReader(commands: "gather; x")
    let shell = FakeShell(registry: fakeCommands, input: BatchInput(reader))
    #expect(await BatchShell(session: shell.session, script: reader).run() == .ok)
    #expect(shell.output() == "<x>\n")
  }

  @Test func helpOfACommandIsShownWithoutRunningIt() async throws {
    let shell = FakeShell(registry: fakeCommands)
    #expect(try await shell.run("say --help\n") == .ok)
    #expect(shell.output().contains("print words"))
  }
}
