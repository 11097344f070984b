import EventLoop
import JSON
import PegasusClient
import PegasusProtocol

/// How far the compaction of a table is, as its replicas tell it. The end of one is known by another time than all that
/// were told before it was asked for.
struct CompactionState: Sendable {
  /// Ends of earlier compactions, by partition.
  typealias Before = [Int32: Set<String>]

  private(set) var replicas: [ReplicaCompaction]
  let partitionCount: Int
  /// False: no server knows the question.
  let isTold: Bool

  /// Asks every alive server.
  ///
  /// - Throws: `ClientError` when one of them does not answer
  @LoopActor
  static func ask(_ table: TableIdentity, of cluster: ClusterClient) async throws -> CompactionState {
    let nodes = try await cluster.listNodes(status: .alive)
    let answers = try await mapConcurrently(nodes) { node in
      try await cluster.compactions(tableID: table.appID, at: node.address)
    }
    return CompactionState(
      replicas: answers.compactMap { $0 }.flatMap { $0 }, partitionCount: table.partitionCount,
      isTold: answers.contains { $0 != nil })
  }

  /// The ends that are known now.
  var ends: Before {
    replicas.reduce(into: [:]) { ends, replica in
      if let end = replica.finishedAt { ends[replica.partition.partitionIndex, default: []].insert(end) }
    }
  }

  static func json(_ before: Before) -> JSONValue {
    var members = JSONObject()
    for (partition, ends) in before.sorted(by: { $0.key < $1.key }) {
      members["\(partition)"] = .strings(ends.sorted())
    }
    return .object(members)
  }

  static func before(_ json: JSONValue?) -> Before {
    guard case .object(let members)? = json else { return [:] }
    return Dictionary(
      members.compactMap { member in
        Int32(member.key).map { ($0, Set(member.value.elements.compactMap(\.text))) }
      }, uniquingKeysWith: { first, _ in first })
  }

  private func isFinished(_ replica: ReplicaCompaction, _ before: Before) -> Bool {
    guard replica.isIdle, let end = replica.finishedAt else { return false }
    return before[replica.partition.partitionIndex]?.contains(end) != true
  }

  func finished(since before: Before) -> Int { replicas.count { isFinished($0, before) } }

  var running: Int { replicas.count { $0.startedAt != nil } }
  var queued: Int { replicas.count { $0.startedAt == nil && $0.enqueuedAt != nil } }

  /// Whether all replicas that there are have ended one since, and no partition is without any.
  func isComplete(since before: Before) -> Bool {
    Set(replicas.map(\.partition.partitionIndex)).count == partitionCount
      && replicas.allSatisfy { isFinished($0, before) }
  }

  /// Whether any replica has heard of one since.
  func hasBegun(since before: Before) -> Bool { replicas.contains { !$0.isIdle || isFinished($0, before) } }

  /// One line for each partition: what its replicas are doing.
  func word(of partition: Int32, since before: Before) -> String {
    let replicas = replicas.filter { $0.partition.partitionIndex == partition }
    if replicas.contains(where: { $0.startedAt != nil }) { return "running" }
    if replicas.contains(where: { $0.enqueuedAt != nil }) { return "queued" }
    return !replicas.isEmpty && replicas.allSatisfy { isFinished($0, before) } ? "done" : "waiting"
  }
}
