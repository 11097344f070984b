import EventLoop
import PegasusClient
import PegasusProtocol

/// Whether `rocksdb.usage_scenario` of a table has reached every replica: servers take an environment at once, but act on it
/// with the next config sync.
@LoopActor
struct EffectiveScenario {
  /// Where nothing can be read back: two config syncs of servers as they are configured by default.
  nonisolated static let blindWait: Duration = .seconds(60)

  /// What is known now.
  enum State: Equatable {
    /// So many of the replicas that were seen do not have it yet.
    case pending(Int, of: Int)
    case effective
    /// The servers do not tell.
    case unknown
  }

  let cluster: ClusterClient
  let tableID: Int32
  let partitionCount: Int

  /// Asks every alive server.
  ///
  /// - Throws: `ClientError` when one of them does not answer
  func look(for value: String) async throws -> State {
    let nodes = try await cluster.listNodes(status: .alive)
    let (cluster, tableID) = (cluster, tableID)
    let answers = try await mapConcurrently(nodes) { node in
      try await cluster.storageSettings(tableID: tableID, at: node.address)
    }
    let told = answers.compactMap { $0 }.flatMap { $0 }.compactMap { answer in
      answer.settings["rocksdb.usage_scenario"].map { (answer.replica.partition.partitionIndex, $0) }
    }
    guard told.count > 0 || answers.contains(where: { $0 != nil }) else { return .unknown }
    let missing = partitionCount - Set(told.map(\.0)).count
    let pending = told.count { $0.1 != value } + max(0, missing)
    return pending == 0 ? .effective : .pending(pending, of: told.count + max(0, missing))
  }

  /// Waits until every replica has it; an hour at most.
  ///
  /// - Parameter tell: says what a person wants to know
  /// - Throws: `ShellError` when it takes too long; `ClientError`; `CancellationError`
  func wait(for value: String, _ query: PatientQuery, tell: @LoopActor (String) -> Void) async throws {
    let began = ContinuousClock.now
    var pace = AskingPace()
    var hasTold = false
    while true {
      switch try await query.ask({ try await self.look(for: value) }) {
      case .effective: return
      case .unknown:
        tell(
          "no server tells which usage scenario it works with: waiting \(Self.blindWait.components.seconds) s instead")
        return try await loopSleep(Self.blindWait)
      case .pending(let count, let all):
        let elapsed = ContinuousClock.now - began
        if elapsed > .seconds(10), !hasTold {
          hasTold = true
          tell(
            "\(count) of \(all) replicas do not have rocksdb.usage_scenario = \(value) yet; servers look once in 30 s")
        }
        guard elapsed < .seconds(3600) else {
          throw ShellError(
            "\(count) of \(all) replicas still do not have rocksdb.usage_scenario = \(value) after an hour",
            advice: "'remote_command -t replica-server replica.query-app-envs \(tableID)' shows which")
        }
      }
      try await pace.wait()
    }
  }
}
