import JSON
import Terminal
package import CommandLineKit
import EventLoop

/// `version`
package struct Version: ShellCommand {
  package static let name = "version"
  package static let summary = "show the version of the shell"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let examples = [CommandExample("version", "the version and how it was built")]

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    if session.output.isJSON {
      session.output.json(.object(["shell": .string(ShellVersion.number), "build": .string(ShellVersion.buildType)]))
    } else {
      session.output.line("\(ShellVersion.title) (Swift) \(ShellVersion.buildType)")
    }
  }
}
