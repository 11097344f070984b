import CommandLineKit
import ShellCommands
import Testing

@Suite
struct ProgramOptionsTests {
  @Test func takesTheOldShellsTwoWords() throws {
    let options = try ShellProgram.parse(["clusters.ini", "ClusterB"])
    #expect(options.firstWord == "clusters.ini")
    #expect(options.secondWord == "ClusterB")
  }

  @Test func takesOptionsInEitherSpelling() throws {
    let options = try ShellProgram.parse(
      ["--config", "a.ini", "--cluster=B", "--keep-going", "--no_color", "--json", "-y", "-c", "ls; exit"])
    #expect(options.config == "a.ini" && options.cluster == "B" && options.commands == "ls; exit")
    #expect(options.keepsGoing && options.hasNoColor && options.isJSON && options.assumesYes)
  }

  @Test(arguments: [
    ["--config", "a", "b", "c"], ["a", "b", "--cluster", "c"], ["-c", "ls", "-f", "x"], ["--what"], ["a", "b", "c"],
  ])
  func refusesWhatExcludesEachOther(_ arguments: [String]) {
    #expect(throws: UsageError.self) { try ShellProgram.parse(arguments) }
  }

  @Test(arguments: ["-h", "--help"])
  func showsHelp(_ word: String) throws {
    #expect(try ShellProgram.parse([word]).wantsHelp)
    #expect(ProgramOptions.help.contains("--keep-going"))
    #expect(ProgramOptions.help.contains("Exit status"))
  }
}
