import JSON
import Terminal
package import CommandLineKit
import EventLoop

/// `escape_all`: how bytes are shown.
package struct EscapeAll: ShellCommand {
  package static let name = "escape_all"
  package static let summary = "show every byte of keys and values as \\xHH, or only those that are not printable"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let parameters: [Parameter<Self>] = [
    .argument(\.value, "true|false", help: "shows the setting when left out")
  ]
  package static let examples = [CommandExample("escape_all true", "\"ab\" is shown as \"\\x61\\x62\"")]

  package var value: Bool?

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    if let value {
      session.escapesAll = value
      session.output.line("OK")
    } else if session.output.isJSON {
      session.output.json(.object(["escape_all": .bool(session.escapesAll)]))
    } else {
      session.output.line("Current escape_all: \(session.escapesAll).")
    }
  }
}
