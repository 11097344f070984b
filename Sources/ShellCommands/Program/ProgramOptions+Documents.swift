import CommandLineKit

/// What is made for other programs out of the declarations of the program and its commands.
extension ProgramOptions {
  private static var description: ProgramDescription {
    ProgramDescription(
      name: name, version: ShellVersion.number, summary: summary, discussion: discussion, options: Self.self,
      commands: shellCommands.descriptions, exitStatus: statuses, examples: examples)
  }

  /// The manual page, in roff.
  package static var manual: String { ManualPage.render(description) }

  /// The completion file for a login shell.
  package static func completions(for shell: LoginShell) -> String {
    switch shell {
    case .bash: CompletionScripts.bash(description)
    case .zsh: CompletionScripts.zsh(description)
    case .fish: CompletionScripts.fish(description)
    }
  }
}
