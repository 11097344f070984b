import EventLoop
import TestSupport
import Testing

/// What other programs learn of the shell: those who read it, and the one that loads it.
@Suite struct ProgramDocumentTests {
  private func show(_ arguments: [String]) async throws -> String {
    let directory = TemporaryDirectory("shell")
    let outcome = try await ChildProcess.run(
      ShellFixture.shell, arguments, environment: ["HOME": directory.path], directory: directory.path)
    #expect(outcome.exit == .code(0) && outcome.errorOutput == "")
    return outcome.output
  }

  @Test func theManualHasEveryCommand() async throws {
    let page = try await show(["--man"])
    #expect(page.hasPrefix(".TH PEGASUS\\-SHELL 1") || page.hasPrefix(".TH PEGASUS-SHELL 1"))
    for text in [".SH OPTIONS", ".SH EXIT STATUS", ".B copy_data", ".B onebox", ".B \\-\\-completion shell"] {
      #expect(page.contains(text), "\(text)")
    }
    // What stands at the beginning of a line is text, or a request that we have written.
    let requests = [".TH", ".SH", ".SS", ".B", ".TP", ".PP", ".RS", ".RE", ".nf", ".fi"]
    for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains { line == $0 || line.hasPrefix($0 + " ") }, "\(line)")
    }
  }

  /// Few commands use them, and each takes as long to load as much else that comes before the first prompt.
  @Test func largeLibrariesAreLoadedWhenTheyAreNeeded() async throws {
    let outcome = try await ChildProcess.run(
      ShellFixture.shell, ["--version"], environment: ["LD_TRACE_LOADED_OBJECTS": "1"])
    #expect(outcome.output.contains("libc.so"))
    for name in ["libcurl", "libs2"] { #expect(!outcome.output.contains(name), "\(name)") }
  }

  @Test func bashCompletesWithItsFile() async throws {
    let directory = TemporaryDirectory("shell")
    let script = """
      source <('\(ShellFixture.shell)' --completion bash)
      complete -p pegasus-shell
      COMP_WORDS=(pegasus-shell --compl); COMP_CWORD=1; _pegasus_shell; echo "${COMPREPLY[@]}"
      COMP_WORDS=(pegasus-shell --completion ''); COMP_CWORD=2; _pegasus_shell; echo "${COMPREPLY[@]}"
      """
    let outcome = try await ChildProcess.run(
      "/bin/bash", ["--norc", "-c", script], environment: ["HOME": directory.path, "PATH": "/usr/bin:/bin"],
      directory: directory.path)
    #expect(outcome.errorOutput == "")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].hasSuffix("-F _pegasus_shell pegasus-shell"))
    #expect(lines.dropFirst() == ["--completion", "bash zsh fish"])
  }

  @Test func theOtherShellsGetTheirFiles() async throws {
    #expect(try await show(["--completion", "zsh"]).hasPrefix("#compdef pegasus-shell\n_arguments"))
    #expect(
      try await show(["--completion", "fish"]).contains(
        "complete -c pegasus-shell -l completion -r -f -a 'bash zsh fish'"))
    let wrong = try await ChildProcess.run(ShellFixture.shell, ["--completion", "csh"])
    #expect(wrong.exit == .code(2) && wrong.errorOutput.contains("bash"))
  }
}
