package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `set_app_envs`
package struct SetTableEnvironment: ShellCommand {
  package static let name = "set_app_envs"
  package static let summary = "set environment variables of the chosen table"
  package static let group = "Table environment"
  package static let effect = CommandEffect.writes
  package static let discussion = """
    The server checks keys and values and takes all of them or none; the replicas follow within seconds. A throttling rule \
    is <size[K|M]>*<delay|reject>*<milliseconds>, several between commas.
    """
  package static let usageOverride: String? = "<key> <value> [key value...]"
  package static let parameters: [Parameter<Self>] = [
    .rest(\.words, "key value", help: "keys, each followed by its value", minimum: 1, completion: .appEnv)
  ]
  package static let examples = [
    CommandExample("set_app_envs default_ttl 86400", "rows without a time to live get one day"),
    CommandExample(
      "set_app_envs replica.write_throttling 20000*delay*100,30000*reject*200",
      "slow writers down above 20000 per second"),
    CommandExample("set_app_envs replica.deny_client_request reconfig*write", "refuse writes"),
  ]

  package var words: [String] = []

  package init() {}

  package func validate() throws(UsageError) {
    if words.count % 2 == 1 {
      throw UsageError("need specify the value for key = \(words.last ?? "")", kind: .missingParameter)
    }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let pairs = stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) }
    let table = try session.chosenTable()
    for (key, value) in pairs {
      if let warning = TableEnvironment.warning(key: key, value: value) { session.output.warning(warning) }
    }
    let what = pairs.map { "\($0.0)=\($0.1)" }.joined(separator: ", ")
    try await session.requireConfirmation(
      "Set \(what) for table '\(table)' of cluster '\(session.clusterName)'?", effect: Self.effect)
    let hint = try await session.cluster().setEnvironment(pairs, table: table)
    session.done("set", table: table, hint: hint)
  }
}
