import CommandLineKit
import BackupLayout
import Backups
import Configuration
import EventLoop
import Jobs
import PegasusClient
import PegasusProtocol
import Terminal

/// What both restore commands do before the servers are asked.
@LoopActor
struct RestoreBegin {
  let session: Session
  let options: RestoreOptions

  /// Looks at both sides and asks.
  ///
  /// - Throws: `ShellError` for what cannot end well
  func prepare() async throws -> RestorePlan {
    let plan = RestorePlan(target: ClusterIdentity(try session.here()), options: options)
    let cluster = try session.cluster()
    let tables = try await cluster.listTables()
    if let there = tables.first(where: { $0.appName == plan.table }) {
      throw ShellError(
        "cluster '\(session.clusterName)' has a table '\(plan.table)' already (id \(there.appId))",
        advice: "-n gives the restored one another name; 'drop' or 'rename' makes room for it", status: .refused)
    }
    if !options.skipsCheck,
      let storage = session.storageIfKnown(options.provider, otherwise: "the backup is not looked at first")
    {
      let table = try await RestoreCheck(service: storage, plan: plan).run()
      try await tell(table, cluster)
    }
    try await session.requireConfirmation(
      "Restore table '\(options.table)' of backup \(options.id) as '\(plan.table)' into cluster "
        + "'\(session.clusterName)'?", effect: .writes)
    return plan
  }

  private func tell(_ table: TableBackup, _ cluster: ClusterClient) async throws {
    let bad = table.partitions.filter { !$0.problems.isEmpty }
    session.output.info(
      "backup \(options.id) holds table '\(table.name)' (id \(table.id)): \(table.partitions.count) partitions, "
        + Format.size(Double(table.bytes)))
    for problem in bad.flatMap(\.problems).prefix(20) { session.output.warning("\(problem)") }
    if !bad.isEmpty {
      session.output.warning(
        "\(bad.count) partitions will be empty: \(bad.prefix(50).map { "\($0.index)" }.joined(separator: ", "))")
    }
    try await checkRoom(table, cluster)
  }

  /// The data comes once to each replica.
  private func checkRoom(_ table: TableBackup, _ cluster: ClusterClient) async throws {
    guard let nodes = try? await cluster.listNodes(status: .alive) else { return }
    let free = try await mapConcurrently(nodes) { try? await cluster.diskSpace(of: $0.address).available }
    guard !free.isEmpty, free.allSatisfy({ $0 != nil }) else { return }
    let available = StoredSize.sum(free.compactMap { $0 })
    let needed = StoredSize.times(table.bytes, Int64(max(1, table.metadata?.replicaCount ?? 3)))
    guard available < needed else { return }
    session.output.warning(
      "the disks of '\(session.clusterName)' have \(Format.size(Double(available))) left, and the table needs "
        + "\(Format.size(Double(needed))) with all of its replicas")
  }
}
