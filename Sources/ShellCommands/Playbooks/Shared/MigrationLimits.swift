import PegasusProtocol
import EventLoop
import Jobs
import PegasusClient
import RPC

/// Reads and changes the limits of both sides of a migration, at all servers that are up.
@LoopActor
struct MigrationLimits {
  private let sides: MigrationSides

  init(_ sides: MigrationSides) { self.sides = sides }

  private func cluster(_ side: LimitWish.Side) -> ClusterClient { side == .source ? sides.source : sides.target }

  /// "upload of ClusterA".
  func title(_ side: LimitWish.Side, _ limit: String) -> String { "\(limit) of \(cluster(side).name)" }

  private func servers(_ side: LimitWish.Side) async throws -> [NodeAddress] {
    try await PatientQuery().ask { try await self.cluster(side).listNodes(status: .alive).map(\.address).sorted() }
  }

  private func call(_ side: LimitWish.Side, _ limit: String) throws(ShellError) -> RateLimitCall {
    guard let limit = RateLimit.named(limit) else {
      throw ShellError("no limit is called '\(limit)'", status: .refused)
    }
    return RateLimitCall(cluster: cluster(side), limit: limit)
  }

  // MARK: Setting

  /// What every server says now.
  func read(_ wish: LimitWish) async throws -> [(server: NodeAddress, answer: RateLimitCall.Answer)] {
    let call = try call(wish.side, wish.limit)
    return try await mapConcurrently(try await servers(wish.side), limit: 64) { ($0, try await call.read(at: $0)) }
  }

  /// Sets it at all servers.
  ///
  /// - Throws: `ShellError` when one does not take it
  func set(_ wish: LimitWish) async throws {
    let call = try call(wish.side, wish.limit)
    let value = wish.value
    let answers = try await mapConcurrently(try await servers(wish.side), limit: 64) {
      try await call.set(value, at: $0)
    }
    let failed = answers.filter { $0 != .value(value) }
    guard let first = failed.first else { return }
    throw ShellError(
      "\(failed.count) of \(answers.count) servers did not take \(title(wish.side, wish.limit)) = \(value): \(first.text)",
      advice: "leave the limit out, or set it in the servers' configuration")
  }

  // MARK: Setting back

  /// The entries whose servers are up and have another value now than before, and that no other migration needs now.
  ///
  /// - Parameter own: the job that has set them; nil: it does not run
  func changed(_ before: LimitsBefore, for own: JobID? = nil) async throws -> [LimitsBefore.Entry] {
    let others = try await LimitHolders(in: sides.jobs, besides: own)
    var alive: [LimitWish.Side: [String: NodeAddress]] = [:]
    var found: [LimitsBefore.Entry] = []
    for entry in before.entries where !others.isNeeded(entry.limit, entry.server) {
      if alive[entry.side] == nil {
        let pairs = try await servers(entry.side).map { ("\($0)", $0) }
        alive[entry.side] = Dictionary(pairs, uniquingKeysWith: { $1 })
      }
      // A server that is down has forgotten the change with its process.
      guard let server = alive[entry.side]?[entry.server] else { continue }
      switch try await call(entry.side, entry.limit).read(at: server) {
      case .value(entry.value), .unknown: continue
      case .value: found.append(entry)
      case .failed(let reason):
        throw ShellError("\(entry.server) does not tell \(title(entry.side, entry.limit)): \(reason)")
      }
    }
    return found
  }

  /// Sets back what differs.
  ///
  /// - Returns: what was set back: "upload of ClusterA to 200"
  /// - Throws: `ShellError` when a server does not take its old value
  func setBack(_ before: LimitsBefore, for own: JobID? = nil) async throws -> [String] {
    let changed = try await changed(before, for: own)
    for entry in changed {
      guard let server = try await servers(entry.side).first(where: { "\($0)" == entry.server }) else { continue }
      let call = try call(entry.side, entry.limit)
      var answer = try await call.set(entry.value, at: server)
      // Servers of 2.4 and 2.5 have no limit until one is set, and then take none away again but with their default.
      if answer != .value(entry.value), case .remote = call.limit.place {
        answer = try await call.set("default", at: server)
      }
      guard case .value = answer else {
        throw ShellError(
          "\(entry.server) did not take \(title(entry.side, entry.limit)) = \(entry.value): \(answer.text)",
          advice: "'rate_limit set \(entry.limit) \(entry.value) -l \(entry.server)' sets it back")
      }
    }
    return texts(changed)
  }

  /// "upload of ClusterA to 200", each once.
  func texts(_ entries: [LimitsBefore.Entry]) -> [String] {
    var texts: [String] = []
    for entry in entries {
      let text = "\(title(entry.side, entry.limit)) to \(entry.value)"
      if !texts.contains(text) { texts.append(text) }
    }
    return texts
  }
}
