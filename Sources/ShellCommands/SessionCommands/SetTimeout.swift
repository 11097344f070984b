import JSON
package import CommandLineKit
import EventLoop

/// `timeout`: the time limit of data commands.
package struct SetTimeout: ShellCommand {
  package static let name = "timeout"
  package static let summary = "set the time limit of data commands, or show it"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let parameters: [Parameter<Self>] = [
    .argument(\.milliseconds, "time_in_ms", help: "milliseconds for one call, retries included; at least 1")
  ]
  package static let examples = [
    CommandExample("timeout 10000", "wait up to 10 seconds"), CommandExample("timeout", "what is it now?"),
  ]

  package var milliseconds: Int?

  package init() {}

  package func validate() throws(UsageError) {
    if let milliseconds, !(1...86_400_000).contains(milliseconds) {
      throw UsageError("invalid timeout \(milliseconds): from 1 to 86400000 milliseconds", kind: .invalidValue)
    }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    if let milliseconds {
      session.timeout = .milliseconds(milliseconds)
      session.output.line("OK")
    } else if session.output.isJSON {
      session.output.json(.object(["timeout_ms": .int(Self.milliseconds(session.timeout))]))
    } else {
      session.output.line("Current timeout: \(Self.milliseconds(session.timeout)) ms.")
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
