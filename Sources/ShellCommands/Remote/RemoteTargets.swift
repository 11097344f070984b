import JSON
import PegasusProtocol
package import Configuration
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient
import RPC

/// Which servers a remote command goes to: `-t`, `-l`, `-r`.
package struct RemoteTargets: ParameterSet {
  package enum Kind: String, CaseIterable, ParameterValue {
    case all
    case metaServer = "meta-server"
    case replicaServer = "replica-server"
  }

  package static let parameters: [Parameter<Self>] = [
    .option(
      \.kind, "-t", "--node_type", help: "servers of this kind (all of them when neither -t nor -l is given)",
      exclusionGroup: "target"),
    .option(
      \.nodes, "-l", "--node_list", value: "host:port,host:port...", help: "these servers, of any cluster",
      completion: .node, exclusionGroup: "target"),
    .flag(\.resolves, "-r", "--resolve_ip", help: "addresses instead of host names"),
  ]

  package var kind: Kind?
  package var nodes: [ServerAddress] = []
  package var resolves = false

  package init() {}

  struct Target: Sendable {
    var node: NodeAddress
    var role: String
  }

  @LoopActor
  func targets(in session: Session) async throws -> [Target] {
    if !nodes.isEmpty {
      return nodes.map { Target(node: NodeAddress(host: $0.host, port: $0.port), role: "user-specified") }
    }
    var targets: [Target] = []
    if kind != .replicaServer, let definition = session.definition {
      targets += definition.metas.map {
        Target(node: NodeAddress(host: $0.host, port: $0.port), role: "meta-server")
      }
    }
    if kind != .metaServer {
      targets += try await session.cluster().listNodes(status: .alive).map {
        Target(node: $0.address, role: "replica-server")
      }
    }
    return targets
  }
}

extension Session {
  /// Sends a remote command to all of its targets at once and prints what they say, as the old shell's document.
  ///
  /// - Throws: `ShellError` after printing, when a server did not answer, knows no such command or refused it
  package func sendRemote(_ command: String, _ arguments: [String], to targets: RemoteTargets) async throws {
    let cluster = try cluster()
    let answers = try await askServers("\(command) \(arguments.joined(separator: " "))", targets) { target in
      Self.message(try await cluster.remoteCommand(command, arguments, at: target.node))
    }
    let refusals = answers.compactMap { Self.refusal($0.1["message"] ?? .null) }
    if let first = refusals.first {
      var advice = ""
      if let limit = RateLimit.named(command), let value = arguments.first {
        advice = "'rate_limit set \(limit.name) \(value)' knows what each release calls it"
      }
      throw ShellError("\(refusals.count) of \(answers.count) servers refused it: \(first)", advice: advice)
    }
  }

  /// Asks all targets at once and prints what they say, as the old shell's document.
  ///
  /// - Parameters:
  ///   - title: the document's "command"
  ///   - ask: throws `ClientError`
  /// - Returns: the answers as they stand in the document, in its order
  /// - Throws: `ShellError` after printing, when a server did not answer
  @discardableResult
  func askServers(
    _ title: String, _ targets: RemoteTargets,
    _ ask: @escaping @LoopActor (RemoteTargets.Target) async throws -> JSONValue
  ) async throws -> [(String, JSONObject)] {
    let list = try await targets.targets(in: self)
    let resolves = targets.resolves
    let answers = try await mapConcurrently(list, limit: 64) { target -> (String, JSONObject) in
      let name = resolves ? await NodeNames.resolved(target.node) : target.node
      do {
        return ("\(name)", ["acked": true, "message": try await ask(target), "role": .string(target.role)])
      } catch let error as ClientError {
        if error.isCancellation { throw error }
        return ("\(name)", ["acked": false, "message": .string(error.cause), "role": .string(target.role)])
      }
    }.sorted(by: { $0.0 < $1.0 })
    var details = JSONObject()
    for (name, answer) in answers { details[name] = .object(answer) }
    let failed = answers.count { $0.1["acked"] != true }
    var document: JSONObject = ["command": .string(title)]
    if !answers.isEmpty { document["details"] = .object(details) }
    document["failed_count"] = .int(failed)
    document["succeed_count"] = .int(answers.count - failed)
    document["version"] = .integer(Int64(Report.version))
    output.line(JSONValue.object(document).text(indent: 2))
    if failed > 0 { throw ShellError("\(failed) of \(answers.count) servers did not answer", status: .unreachable) }
    return answers
  }

  /// Why a server did not do it; nil when it did. Servers answer that as an ordinary text.
  private nonisolated static func refusal(_ message: JSONValue) -> String? {
    if let error = message["error"]?.text { return error.lowercased() == "ok" ? nil : error }
    guard let text = message.text, text.hasPrefix("unknown command") || text.hasPrefix("ERR") else { return nil }
    return String(text.prefix { $0 != "\n" }.prefix(200))
  }

  /// JSON where the server's text is some, as value commands of 2.6 answer.
  private nonisolated static func message(_ text: String) -> JSONValue {
    guard let first = text.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
      let json = try? JSONParser.parse(text.utf8)
    else { return .string(text) }
    return json
  }
}
