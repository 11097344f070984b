package import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

extension Session {
  /// The name of the chosen table.
  ///
  /// - Throws: `ShellError` when none is chosen
  fileprivate func chosenTable() throws -> String { try table().name }

  /// The server's own account, framed as the old shell does it.
  fileprivate func show(hint: String) {
    guard !hint.isEmpty else { return }
    let frame = "============================="
    output.note("\(frame)\n\(hint.hasSuffix("\n") ? String(hint.dropLast()) : hint)\n\(frame)")
  }

  fileprivate func done(_ verb: String, table: String, hint: String) {
    if output.isJSON {
      output.json(["app_name": .string(table), "result": .string("\(verb) app envs succeed"), "hint": .string(hint)])
    } else {
      output.line("\(verb) app envs succeed")
      show(hint: hint)
    }
  }
}

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

/// `del_app_envs`
package struct DeleteTableEnvironment: ShellCommand {
  package static let name = "del_app_envs"
  package static let summary = "delete environment variables of the chosen table"
  package static let group = "Table environment"
  package static let effect = CommandEffect.writes
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

/// `clear_app_envs`
package struct ClearTableEnvironment: ShellCommand {
  package static let name = "clear_app_envs"
  package static let summary = "delete all environment variables of the chosen table, or those with a prefix"
  package static let group = "Table environment"
  package static let effect = CommandEffect.destroys
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
