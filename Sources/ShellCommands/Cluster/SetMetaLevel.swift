import JSON
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `set_meta_level`
package struct SetMetaLevel: ShellCommand {
  package enum Level: String, CaseIterable, ParameterValue {
    case stopped, blind, freezed, steady, lively

    var value: MetaFunctionLevel {
      switch self {
      case .stopped: .stopped
      case .blind: .blind
      case .freezed: .freezed
      case .steady: .steady
      case .lively: .lively
      }
    }
  }

  package static let name = "set_meta_level"
  package static let summary = "set how much the meta server does on its own"
  package static let group = "Cluster"
  package static let effect = CommandEffect.writes
  package static let mayAsk = true
  package static let discussion = """
    stopped and blind also stop the service itself. freezed moves nothing; steady replaces what died; lively balances \
    too. The level is not persisted: a new leader begins with the one of its configuration.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.level, "stopped|blind|freezed|steady|lively", help: "the new level")
  ]
  package static let examples = [CommandExample("set_meta_level steady", "no balancing while tables are moved")]

  package var level = Level.steady

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.requireConfirmation(
      "Set the meta level of cluster '\(session.clusterName)' to \(level.rawValue)?", effect: Self.effect)
    let old = try await session.cluster().controlMeta(level.value)
    if session.output.isJSON {
      session.output.json(.object(["old_meta_level": .string(old.name), "meta_level": .string(level.value.name)]))
    } else {
      session.output.line("control meta level ok, the old level is \(old.name)")
    }
  }
}
