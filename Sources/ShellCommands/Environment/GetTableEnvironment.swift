package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `get_app_envs`
package struct GetTableEnvironment: ShellCommand {
  package static let name = "get_app_envs"
  package static let summary = "show the environment of the chosen table"
  package static let group = "Table environment"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = [.flag(\.isJSON, "-j", "--json", help: "as JSON")]
  package static let examples = [CommandExample("get_app_envs", "prints nothing when there is none")]

  package var isJSON = false

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let envs = try await session.cluster().environment(table: session.chosenTable())
    let pairs = envs.sorted { $0.key < $1.key }.map { ($0.key, Cell.text($0.value)) }
    try session.output.table([TextTable("app_envs", pairs: pairs)], asJSON: isJSON)
  }
}
