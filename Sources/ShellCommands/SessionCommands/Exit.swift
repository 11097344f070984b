package import CommandLineKit
import EventLoop

/// `exit`
package struct Exit: ShellCommand {
  package static let name = "exit"
  package static let aliases = ["quit"]
  package static let summary = "leave the shell; embedded clusters go on"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let discussion = """
    In a script the exit status still says whether a command before it failed.
    """
  package static let examples = [CommandExample("exit", "as Ctrl-D does at the prompt")]

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws { session.wantsExit = true }
}
