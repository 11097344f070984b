package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `del_app_envs`
package struct DeleteTableEnvironment: ShellCommand {
  package static let name = "del_app_envs"
  package static let summary = "delete environment variables of the chosen table"
  package static let group = "Table environment"
  package static let effect = CommandEffect.writes
  package static let mayAsk = true
  package static let parameters: [Parameter<Self>] = [
    .rest(\.keys, "key", help: "keys; one that is not set is passed over", minimum: 1, completion: .appEnv)
  ]
  package static let examples = [CommandExample("del_app_envs replica.deny_client_request", "take writes again")]

  package var keys: [String] = []

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let table = try session.chosenTable()
    try await session.requireConfirmation(
      "Delete \(keys.joined(separator: ", ")) of table '\(table)' of cluster '\(session.clusterName)'?",
      effect: Self.effect)
    let hint = try await session.cluster().deleteEnvironment(keys, table: table)
    session.done("del", table: table, hint: hint)
  }
}
