import JSON
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `create`
package struct CreateTable: ShellCommand {
  package static let name = "create"
  package static let summary = "create a table and wait until it can be used"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let discussion = """
    A table of that name that is there already with the same settings is taken as created, unless -f is given.

    default_ttl among the envs is set right after the table has been created: replica servers of 2.6 crash, again and \
    again, when it comes with the request.

    Ctrl-C ends the waiting only; the cluster goes on with the table.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "letters, digits and _ . :"),
    .option(\.partitions, "-p", "--partition_count", value: "num", help: "partitions; can only be doubled later"),
    .option(\.replicas, "-r", "--replica_count", value: "num", help: "copies of each partition"),
    .flag(\.failsIfThere, "-f", "--fail_if_exist", help: "fail when the name is in use"),
    .flag(
      \.isIdempotent, "-i", "--atomic_idempotent", help: "rewrite incr and check_and_* into plain puts (2.6)"),
    .option(
      \.envs, "-e", "--envs", value: "k1=v1,k2=v2...",
      help: "table environment; a part without '=' belongs to the value before it", completion: .appEnv),
  ]
  package static let examples = [
    CommandExample("create temp -p 8", "8 partitions, 3 replicas"),
    CommandExample("create logs -p 16 -e default_ttl=86400", "rows live for a day unless they say otherwise"),
  ]

  package var table = ""
  package var partitions: Int32 = 4
  package var replicas: Int32 = 3
  package var failsIfThere = false
  package var isIdempotent = false
  package var envs: [String] = []

  package init() {}

  package func validate() throws(UsageError) {
    try TableName.check(table)
    if partitions < 1 { throw UsageError("partition_count should >= 1", kind: .invalidValue) }
    if replicas < 1 { throw UsageError("replica_count should >= 1", kind: .invalidValue) }
    _ = try environment()
  }

  /// The pairs; a throttling rule has commas of its own, so a part without `=` goes on with the value before it.
  package func environment() throws(UsageError) -> [String: String] {
    var pairs: [(key: String, value: String)] = []
    for part in envs {
      if let equals = part.firstIndex(of: "="), equals != part.startIndex {
        pairs.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
      } else if part.hasPrefix("=") || pairs.isEmpty {
        throw UsageError("invalid kvs: '\(part)': key=value is expected", kind: .invalidValue)
      } else {
        pairs[pairs.count - 1].value += ",\(part)"
      }
    }
    return Dictionary(pairs.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let environment = try environment()
    try await session.requireConfirmation(
      "Create table '\(table)' in cluster '\(session.clusterName)'?", effect: Self.effect)
    if environment["default_ttl"] != nil {
      session.output.info("default_ttl is set after the creation: servers of 2.6 crash when it comes with it")
    }
    for key in environment.keys.sorted() where !TableEnvironment.knownKeys.contains(key) {
      session.output.warning("the servers take '\(key)' at creation without looking at it; no known env has that name")
    }
    do {
      _ = try await session.cluster().createTable(
        table, partitionCount: partitions, replicaCount: replicas, successIfExists: !failsIfThere,
        environment: environment, atomicIdempotent: isIdempotent)
    } catch let error as ClientError {
      throw try await explained(error, session)
    }
    session.output.note("create app \(table) succeed, waiting for app ready")
    try await TableReadiness(session: session, table: table, replicaCount: replicas).wait()
    if session.output.isJSON {
      let info = try await session.cluster().tableInfo(table)
      session.output.json([
        "app_name": .string(table), "app_id": .int(info?.appId ?? 0), "partition_count": .int(partitions),
        "replica_count": .int(replicas),
      ])
    } else {
      session.output.line("create app \"\(table)\" succeed")
    }
  }

  /// The server does not say what it dislikes; often it is a table that is there with other settings.
  @LoopActor
  private func explained(_ error: ClientError, _ session: Session) async throws -> ShellError {
    var shown = ShellError(error)
    guard let code = error.code, code == .invalidParameters || code == .appExist,
      let there = try? await session.cluster().tableInfo(table)
    else { return shown }
    shown.message += "; a table of that name is there"
    shown.advice =
      "it has \(there.partitionCount) partitions, \(there.maxReplicaCount) replicas and \(there.envs.count) envs"
    return shown
  }
}
