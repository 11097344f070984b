package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `clear_app_envs`
package struct ClearTableEnvironment: ShellCommand {
  package static let name = "clear_app_envs"
  package static let summary = "delete all environment variables of the chosen table, or those with a prefix"
  package static let group = "Table environment"
  package static let effect = CommandEffect.destroys
  package static let mayAsk = true
  package static let discussion = """
    --all also deletes what the cluster keeps there for itself: duplication.*, restore.*, \
    replica.split.validate_partition_hash.
    """
  package static let parameters: [Parameter<Self>] = [
    .flag(\.isAll, "-a", "--all", help: "every key", exclusionGroup: "which"),
    .option(
      \.prefix, "-p", "--prefix", value: "str", help: "keys that begin so", completion: .appEnv,
      exclusionGroup: "which"),
  ]
  package static let examples = [CommandExample("clear_app_envs -p manual_compact.", "forget compaction settings")]

  package var isAll = false
  package var prefix: String?

  package init() {}

  package func validate() throws(UsageError) {
    guard isAll || !(prefix ?? "").isEmpty else {
      throw UsageError("must specify one of --all and --prefix options", kind: .missingParameter)
    }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let table = try session.chosenTable()
    let prefix = prefix ?? ""
    let there = try await session.cluster().environment(table: table).keys.filter { $0.hasPrefix(prefix) }.sorted()
    if !there.isEmpty {
      try await session.requireConfirmation(
        "Delete \(there.joined(separator: ", ")) of table '\(table)' of cluster '\(session.clusterName)'?",
        effect: Self.effect, typed: table)
    }
    let hint = try await session.cluster().clearEnvironment(prefix: prefix, table: table)
    session.done("clear", table: table, hint: hint)
  }
}
