import CommandLineKit
import Configuration
import EventLoop
import ShellCommands
import Testing

@Suite @LoopActor
struct ConfirmationTests {
  private func ask(
    _ effect: CommandEffect, role: ClusterRole, statesRole: Bool = true, answers: [String], isInteractive: Bool = true,
    assumesYes: Bool = false
  ) async throws -> [String] {
    var options = SessionOptions()
    options.isInteractive = isInteractive
    options.assumesYes = assumesYes
    let input = AnsweringInput(answers)
    let shell = FakeShell(options: options, input: input, role: role, statesRole: statesRole)
    try await shell.session.requireConfirmation("Drop table 't'?", effect: effect, typed: "t")
    return input.questions
  }

  @Test func whatReadsNeverAsks() async throws {
    #expect(try await ask(.reads, role: .production, answers: []).isEmpty)
    #expect(try await ask(.writes, role: .test, answers: []).isEmpty)
  }

  @Test func whatWritesAsksOnAProductionCluster() async throws {
    #expect(try await ask(.writes, role: .production, answers: ["yes"]).count == 1)
    await #expect(throws: ShellError.self) { try await ask(.writes, role: .production, answers: ["no"]) }
  }

  @Test func whatDestroysWantsTheNameOnAProductionCluster() async throws {
    #expect(try await ask(.destroys, role: .production, answers: ["t"]).count == 1)
    await #expect(throws: ShellError.self) { try await ask(.destroys, role: .production, answers: ["yes"]) }
    #expect(try await ask(.destroys, role: .staging, answers: ["y"]).count == 1)
  }

  @Test func nobodyToAskMeansRefusedOnAProductionClusterUnlessYesWasGiven() async throws {
    do {
      _ = try await ask(.destroys, role: .production, answers: [], isInteractive: false)
      Issue.record("it was not refused")
    } catch let error as ShellError {
      #expect(error.status == .refused)
      #expect(error.message.contains("--yes"))
    }
    #expect(try await ask(.destroys, role: .production, answers: [], isInteractive: false, assumesYes: true).isEmpty)
    // Scripts of the old shell run as they are, but where the configuration says that this is production.
    #expect(try await ask(.destroys, role: .test, answers: [], isInteractive: false).isEmpty)
    #expect(try await ask(.destroys, role: .production, statesRole: false, answers: [], isInteractive: false).isEmpty)
    #expect(try await ask(.writes, role: .production, answers: [], isInteractive: false).isEmpty)
  }

  @Test func noAnswerIsNo() async throws {
    await #expect(throws: ShellError.self) { try await ask(.destroys, role: .test, answers: []) }
  }
}
