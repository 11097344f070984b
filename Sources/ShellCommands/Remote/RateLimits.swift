import PegasusProtocol
package import Configuration
package import CommandLineKit
import EventLoop
import JSON
import PegasusClient
import RPC
import Terminal

/// `rate_limit`: what slows which traffic down, and how much.
package struct RateLimits: ShellCommand {
  package enum Action: String, CaseIterable, ParameterValue {
    case show, set
  }

  package static let name = "rate_limit"
  package static let summary = "show or set what servers limit: copying between servers, backups, bulk loads, tables"
  package static let group = "Remote commands"
  package static let effect = CommandEffect.writes
  package static let discussion = """
    Each kind of traffic has its own limit, kept in its own way, under names that differ between releases; this command \
    knows which. 'show' asks every server and says where they differ. 'set' changes all servers (or those of -l) and reads \
    the value back; it holds until a server is restarted, then its configuration holds again. 0 means no limit.

    nfs.max_send_rate_megabytes(_per_disk) does not slow backups, restores and bulk loads down: those go to the storage, \
    under upload and download. write_throttling and its like belong to the chosen table and stay. A value may also name \
    the limit as the servers do.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.action, "show|set", help: "what to do", isRequired: false),
    .argument(
      \.limit, "limit", help: RateLimit.all.map(\.name).joined(separator: ", "),
      completion: .values(RateLimit.all.map(\.name))),
    .argument(
      \.value, "value", help: "the new value; 'default' where servers know it: nfs_send, nfs_copy, load_replicas"),
    .option(
      \.nodes, "-l", "--node_list", value: "host:port,host:port...", help: "only these servers", completion: .node),
    .flag(\.isDetailed, "-d", "--detailed", help: "the values of every server"),
    .flag(\.isJSON, "-j", "--json", help: "as JSON"),
  ]
  package static let examples = [
    CommandExample("rate_limit show", "all limits, and which servers differ"),
    CommandExample("rate_limit set upload 50", "backups: 50 MB/s for each server"),
    CommandExample("rate_limit set nfs_send 100", "copying between servers, by the name that these servers know"),
    CommandExample("rate_limit set write_throttling 2000*delay*100", "writers of the chosen table"),
  ]

  package var action = Action.show
  package var limit: String?
  package var value: String?
  package var nodes: [ServerAddress] = []
  package var isDetailed = false
  package var isJSON = false

  package init() {}

  package func validate() throws(UsageError) {
    if let limit, RateLimit.named(limit) == nil {
      let names = RateLimit.all.map(\.name)
      throw UsageError(
        "no limit is called '\(limit)' (there are: \(names.joined(separator: ", ")))", kind: .invalidValue,
        suggestion: EditDistance.nearest(to: limit, among: names))
    }
    switch action {
    case .show: if value != nil { throw UsageError("'show' takes no value", kind: .unexpectedArgument) }
    case .set:
      guard let limit = limit.flatMap({ RateLimit.named($0) }), let value else {
        throw UsageError("a limit and a value are expected", kind: .missingParameter)
      }
      if let complaint = limit.complaint(about: value) {
        throw UsageError("\(limit.name): \(complaint)", kind: .invalidValue)
      }
    }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    guard action == .set, let limit = limit.flatMap({ RateLimit.named($0) }), let value else {
      return try await show(in: session)
    }
    try await session.requireConfirmation(
      "Set \(limit.name) of cluster '\(session.clusterName)' to \(value)?", effect: Self.effect)
    if case .table(let key) = limit.place {
      let table = try session.chosenTable()
      if value == "default" {
        session.done(
          "delete", table: table, hint: try await session.cluster().deleteEnvironment([key], table: table))
      } else {
        session.done(
          "set", table: table, hint: try await session.cluster().setEnvironment([(key, value)], table: table))
      }
      return
    }
    try await set(limit, value, in: session)
  }

  // MARK: Showing

  @LoopActor
  private func show(in session: Session) async throws {
    let shown = limit.flatMap { RateLimit.named($0) }.map { [$0] } ?? RateLimit.all
    let cluster = try session.cluster()
    var list = TextTable("rate_limits", columns: ["limit", "value", "unit", "limits", "kept_as"])
    var byNode = TextTable("by_server", columns: ["server", "limit", "value"], json: .list)
    for limit in shown where !limit.isOfTable {
      let call = RateLimitCall(cluster: cluster, limit: limit)
      let servers = try await targets(of: limit, in: session)
      let answers = try await mapConcurrently(servers, limit: 64) { ($0, try await call.read(at: $0)) }
      let values = Set(answers.map(\.1.text))
      list.add(row: [
        .text(limit.name), values.count == 1 ? Self.cell(answers[0].1) : values.isEmpty ? .missing : .text("differs"),
        .text(limit.unit), .text(limit.limits), .text(limit.means),
      ])
      guard isDetailed || values.count > 1 else { continue }
      for (server, answer) in answers { byNode.add(row: [.text("\(server)"), .text(limit.name), Self.cell(answer)]) }
    }
    var sections = [list]
    if let table = session.tableName {
      let envs = try await cluster.environment(table: table)
      var section = TextTable("table '\(table)'", columns: ["limit", "value", "unit", "limits", "kept_as"])
      for limit in shown where limit.isOfTable {
        section.add(row: [
          .text(limit.name), .optional(limit.serverNames.first.flatMap { envs[$0] }), .text(limit.unit),
          .text(limit.limits), .text(limit.means),
        ])
      }
      sections.append(section)
    }
    sections.append(byNode)
    try session.output.table(sections.filter { !$0.isEmpty }, asJSON: isJSON)
  }

  private static func cell(_ answer: RateLimitCall.Answer) -> Cell {
    guard case .value(let text) = answer, let number = Int(text) else { return .text(answer.text) }
    return .integer(number)
  }

  @LoopActor
  private func targets(of limit: RateLimit, in session: Session) async throws -> [NodeAddress] {
    if limit.isOfMeta { return try session.here().metas.map { NodeAddress(host: $0.host, port: $0.port) } }
    if !nodes.isEmpty { return nodes.map { NodeAddress(host: $0.host, port: $0.port) } }
    return try await session.cluster().listNodes(status: .alive).map(\.address).sorted()
  }

  // MARK: Setting

  @LoopActor
  private func set(_ limit: RateLimit, _ value: String, in session: Session) async throws {
    let call = RateLimitCall(cluster: try session.cluster(), limit: limit)
    let servers = try await targets(of: limit, in: session)
    let changes = try await mapConcurrently(servers, limit: 64) { server in
      let before = try await call.read(at: server)
      return (server, before, try await call.set(value, at: server))
    }
    var section = TextTable(limit.name, columns: ["server", "before", "now"], json: .list)
    for (server, before, now) in changes {
      section.add(row: [.text("\(server)"), Self.cell(before), Self.cell(now)])
    }
    try session.output.table([section], asJSON: isJSON)
    let failed = changes.filter { change in
      guard case .value(let now) = change.2 else { return true }
      return value != "default" && now != value
    }
    guard failed.isEmpty else {
      let reasons = Set(failed.map { $0.2.text }).sorted().joined(separator: "; ")
      throw ShellError(
        "\(failed.count) of \(changes.count) servers did not take \(limit.name) \(value): \(reasons)",
        advice: limit.name == "upload" ? "servers before 2.4 have no such limit" : "'rate_limit show -d' shows them all"
      )
    }
    let before = Set(changes.map(\.1.text))
    if before.count == 1, let old = before.first, old != value {
      session.output.note("'rate_limit set \(limit.name) \(old)' sets it back; a restarted server forgets it")
    }
  }
}
