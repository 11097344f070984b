package import EventLoop
package import PegasusProtocol
package import RPC

/// Calls to the meta service of one cluster: finds the leader among the configured addresses and stays with it.
///
/// Pegasus 2.0–2.6: every meta server but the leader answers `ERR_FORWARD_TO_OTHERS`; only the answer to
/// QUERY_PARTITION_CONFIG_BY_INDEX names the leader. Five RPCs look their table up before they check leadership
/// and answer `ERR_APP_NOT_EXIST` on a follower, so a leader is always confirmed before anything else is asked.
@LoopActor
package final class MetaClient {
  package let cluster: String
  package let addresses: [NodeAddress]
  private let pool: ConnectionPool
  private let options: ClientOptions
  private var leader: NodeAddress?

  package init(cluster: String, addresses: [NodeAddress], pool: ConnectionPool, options: ClientOptions) {
    self.cluster = cluster
    self.addresses = addresses
    self.pool = pool
    self.options = options
  }

  /// Sends a request to the leader.
  ///
  /// - Parameters:
  ///   - repeatable: whether the request may be sent again after its answer was lost; when not, a lost answer is
  ///     `ClientError.Reason.outcomeUnknown`
  ///   - timeout: the limit for everything, leader search included; `nil` for the client's default
  /// - Returns: the result, whose `err` the caller has still to look at
  /// - Throws: `ClientError` when no leader answered
  package func send<M: MetaMethod>(
    _ method: M.Type, _ request: M.Request, repeatable: Bool = true, timeout: Duration? = nil, action: String
  ) async throws(ClientError) -> M.Response where M.Response: AdminResponse {
    let limit = timeout ?? options.metaTimeout
    let deadline = ContinuousClock.now + limit
    if leader == nil { try await findLeader(until: deadline, limit: limit, action: action) }
    var attempt = 0
    var last = "not tried"
    var inactive: NodeAddress?
    while true {
      attempt += 1
      guard let node = leader else {
        try await findLeader(until: deadline, limit: limit, action: action)
        continue
      }
      let left = deadline - ContinuousClock.now
      if left <= .zero { throw ClientError(.deadline(after: limit, attempts: attempt - 1, last: last), while: action) }
      do throws(RPCError) {
        let response = try await pool.client(for: node).call(
          method, request, header: .server(timeoutMilliseconds: left.wholeMilliseconds), timeout: left)
        guard Self.isFromElsewhere(response.err) else { return response }
        // Asked again after it was found to lead: the service is turned off there, not about to begin.
        if response.err == .serviceNotActive, inactive == node { return response }
        inactive = node
        last = "\(node) answered \(response.err.name)"
        leader = nil
      } catch {
        if case .cancelled = error { throw ClientError(.cancelled, while: action) }
        if case .server(let code, _, _) = error, !Self.isFromElsewhere(code) {
          throw ClientError(.transport(error), while: action)
        }
        if !repeatable && error.mayHaveBeenApplied {
          throw ClientError(.outcomeUnknown(last: "\(error)"), while: action)
        }
        last = "\(error)"
        leader = nil
      }
      try await pause(after: attempt, until: deadline)
    }
  }

  /// As `send`, and a result with an error of its own is thrown.
  ///
  /// - Throws: `ClientError`, with `refused` for any `err` other than ERR_OK
  package func call<M: MetaMethod>(
    _ method: M.Type, _ request: M.Request, repeatable: Bool = true, timeout: Duration? = nil, action: String
  ) async throws(ClientError) -> M.Response where M.Response: AdminResponse {
    let response = try await send(method, request, repeatable: repeatable, timeout: timeout, action: action)
    guard response.err == .ok else { throw ClientError(.refused(response.err, hint: response.hintText), while: action) }
    return response
  }

  /// The leader, found now if it was not known.
  ///
  /// - Throws: `ClientError` when none answered within `timeout`
  package func currentLeader(timeout: Duration? = nil) async throws(ClientError) -> NodeAddress {
    let limit = timeout ?? options.metaTimeout
    let action = "find the meta leader of cluster '\(cluster)'"
    if leader == nil { try await findLeader(until: ContinuousClock.now + limit, limit: limit, action: action) }
    guard let leader else { throw ClientError(.noLeader(attempts: [], after: limit), while: action) }
    return leader
  }

  private static func isFromElsewhere(_ code: ErrorCode) -> Bool {
    code == .forwardToOthers || code == .serviceNotActive
  }

  /// Asks every address at once, and again after a pause while none leads: followers answer quickly, dead ones slowly.
  private func findLeader(until deadline: ContinuousClock.Instant, limit: Duration, action: String)
    async throws(ClientError)
  {
    guard !addresses.isEmpty else {
      throw ClientError(.invalid("cluster '\(cluster)' has no meta server in the configuration"), while: action)
    }
    var attempt = 0
    while true {
      attempt += 1
      let answers = await probe(addresses, until: deadline)
      if let found = answers.lazy.compactMap(\.leader).first {
        leader = found
        return
      }
      if Task.isCancelled { throw ClientError(.cancelled, while: action) }
      // Refused everywhere: a stopped cluster will not come up while we wait in silence; say so at once.
      let hopeless = answers.allSatisfy(\.isUnreachable) && attempt >= 2
      if hopeless || deadline - ContinuousClock.now <= .milliseconds(20) {
        throw ClientError(
          .noLeader(attempts: answers.map(\.text), after: limit - (deadline - ContinuousClock.now)), while: action)
      }
      try await pause(after: attempt + 3, until: deadline)
    }
  }

  private struct Probe: Sendable {
    var leader: NodeAddress?
    var isUnreachable = false
    var text: String
  }

  private func probe(_ nodes: [NodeAddress], until deadline: ContinuousClock.Instant) async -> [Probe] {
    await withTaskGroup(of: (Int, Probe).self) { group in
      for (index, node) in nodes.enumerated() {
        group.addTask { (index, await self.probe(node, until: deadline)) }
      }
      var answers: [Probe?] = Array(repeating: nil, count: nodes.count)
      for await (index, answer) in group {
        answers[index] = answer
        if answer.leader != nil {
          group.cancelAll()
          break
        }
      }
      return answers.compactMap { $0 }
    }
  }

  /// LIST_NODES is answered by the leader alone and needs no table.
  private func probe(_ node: NodeAddress, until deadline: ContinuousClock.Instant) async -> Probe {
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return Probe(text: "\(node): no time left") }
    do throws(RPCError) {
      let reply = try await pool.client(for: node).call(
        ListNodes.self, ConfigurationListNodesRequest(), header: .server(timeoutMilliseconds: left.wholeMilliseconds),
        timeout: left)
      if Self.isFromElsewhere(reply.err) { return Probe(text: "\(node): \(reply.err.name)") }
      return Probe(leader: node, text: "\(node): leads")
    } catch {
      var unreachable = false
      if case .connect = error { unreachable = true }
      return Probe(isUnreachable: unreachable, text: "\(error)")
    }
  }

  private func pause(after attempt: Int, until deadline: ContinuousClock.Instant) async throws(ClientError) {
    let left = deadline - ContinuousClock.now
    do {
      try await loopSleep(max(.zero, min(options.retry.pause(after: attempt), left)))
    } catch {
      throw ClientError(.cancelled, while: "wait for the meta leader of cluster '\(cluster)'")
    }
  }
}
