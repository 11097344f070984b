package import CommandLineKit
import EventLoop

/// The command line of `pegasus-shell` itself.
package struct ProgramOptions: ShellCommand {
  package static let name = "pegasus-shell"
  package static let summary = "an operator's shell for moving tables between live Pegasus clusters"
  package static let group = "Program"
  package static let effect = CommandEffect.local
  package static let discussion = """
    Without -c and -f commands are read from standard input: at a prompt when it is a terminal, otherwise as a script. A \
    script stops at the first command that fails, and says file:line: command: error. Results go to standard output, \
    messages and progress to standard error.

    Without a configuration file: ./shell-config.ini, ./config.ini, ~/.config/pegasus-shell/config.ini, \
    /etc/pegasus-shell.ini, or shell-config.ini beside or above the program; the first one that is there.

    Exit status: \(statuses.map { "\($0.code) \($0.meaning)" }.joined(separator: "; ")). Others may come; unknown means \
    failure. A run ended by a signal dies of it (130 for Ctrl-C).
    """
  /// What the exit status tells.
  static let statuses: [(code: Int, meaning: String)] = [
    (0, "done"), (1, "a command ran and found or met a problem"), (2, "usage, script or configuration"),
    (3, "a cluster cannot be reached"), (4, "interrupted"), (5, "refused by a safety check or the operator"),
  ]
  package static let parameters: [Parameter<Self>] = [
    .argument(\.firstWord, "config-file", help: "the configuration; or the name of a cluster", completion: .file),
    .argument(\.secondWord, "cluster", help: "the cluster to begin with", completion: .cluster),
    .option(\.config, "--config", value: "file", help: "the configuration", completion: .file),
    .option(
      \.cluster, "--cluster", value: "name",
      help: "the cluster to begin with, or its meta servers host:port,host:port…",
      completion: .cluster),
    .option(\.commands, "-c", "--command", value: "'command; …'", help: "run these commands"),
    .option(
      \.file, "-f", "--file", value: "file", help: "run the commands of a file; - is standard input", completion: .file),
    .flag(\.keepsGoing, "-k", "--keep-going", help: "go on after a failed command; the exit status is the worst one"),
    .flag(\.isJSON, "-j", "--json", help: "results as JSON documents"),
    .flag(\.hasNoColor, "--no-color", help: "no colours; $NO_COLOR does the same"),
    .flag(\.assumesYes, "-y", "--yes", help: "answer every confirmation with yes"),
    .flag(\.wantsManual, "--man", help: "show the manual page of the program and all commands, as man reads it"),
    .option(
      \.completion, "--completion", value: "shell", help: "show the completion file for this shell"),
    .flag(\.wantsVersion, "-V", "--version", help: "show the version"),
    .flag(\.wantsHelp, "-h", "--help", help: "show this"),
  ]
  package static let examples = [
    CommandExample("pegasus-shell", "the prompt, with the first cluster of the configuration"),
    CommandExample("pegasus-shell clusters.ini ClusterB", "the old shell's form"),
    CommandExample("pegasus-shell --cluster ClusterA -c 'use temp; count_data -c'", "two commands"),
    CommandExample("pegasus-shell < examples/move-a-table.txt", "a script"),
    CommandExample("pegasus-shell --man | man -l -", "the manual"),
    CommandExample("source <(pegasus-shell --completion bash)", "Tab completes the options, in bash"),
  ]

  package var firstWord: String?
  package var secondWord: String?
  package var config: String?
  package var cluster: String?
  package var commands: String?
  package var file: String?
  package var keepsGoing = false
  package var isJSON = false
  package var hasNoColor = false
  package var assumesYes = false
  package var wantsManual = false
  package var completion: LoginShell?
  package var wantsVersion = false
  package var wantsHelp = false

  package init() {}

  package func validate() throws(UsageError) {
    if config != nil, secondWord != nil {
      throw UsageError("--config and a configuration file as first word exclude each other", kind: .conflict)
    }
    if cluster != nil, secondWord != nil {
      throw UsageError("--cluster and a cluster as second word exclude each other", kind: .conflict)
    }
    if commands != nil, file != nil { throw UsageError("-c and -f exclude each other", kind: .conflict) }
  }

  /// Not a command of the prompt: `ShellProgram` does what it says.
  @LoopActor
  package func run(in session: Session) async throws {}

  /// What `--help` shows.
  package static var help: String {
    let registry = CommandRegistry<Session>([CommandEntry(Self.self)])
    return registry.descriptions.map { HelpRenderer(width: 100).page($0) }.joined()
  }
}
