import CommandLineKit
import BackupLayout
import Backups
import Configuration
import Copying
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
    let plan = RestorePlan(target: ClusterIdentity(try session.here()), options: try await complete())
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
      try await tell(table, plan.location.id, cluster)
    }
    try await session.requireConfirmation(
      "Restore table '\(options.table)' of backup \(plan.location.id) as '\(plan.table)' into cluster "
        + "'\(session.clusterName)'?", effect: .writes)
    return plan
  }

  /// With the id of the newest backup, and of the table in it, where they were left out.
  private func complete() async throws -> RestoreOptions {
    guard options.id == nil || options.tableID == nil else { return options }
    var options = options
    let service = try session.storage(options.provider)
    let root = BackupTree(path: options.givenPath ?? "", cluster: options.cluster, policy: options.policy).root
    var choice = BackupChoice()
    (choice.provider, choice.path, choice.table) = (options.provider, root, options.table)
    (choice.id, choice.tableID, choice.root) = (options.id, options.tableID, root)
    let (location, table) = try await BackupSearch(choice: choice, service: service).newestTable()
    (options.id, options.tableID) = (location.id, table.id)
    session.output.info("-t \(location.id) -i \(table.id): the newest backup of table '\(options.table)' in \(root)")
    return options
  }

  private func tell(_ table: TableBackup, _ id: Int64, _ cluster: ClusterClient) async throws {
    let bad = table.partitions.filter { !$0.problems.isEmpty }
    session.output.info(
      "backup \(id) holds table '\(table.name)' (id \(table.id)): \(table.partitions.count) partitions, "
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
    let disks = try await mapConcurrently(nodes) { node in
      (try? await cluster.diskSpace(of: node.address)).map {
        PreflightSide.Disk(server: "\(node.address)", available: $0.available, capacity: $0.capacity)
      }
    }
    guard !disks.isEmpty, disks.allSatisfy({ $0 != nil }) else { return }
    let room = FreeDisk(disks.compactMap { $0 })
    let available = room.available
    let needed = StoredSize.times(table.bytes, Int64(max(1, table.metadata?.replicaCount ?? 3)))
    guard available < needed else { return }
    session.output.warning(
      "the disks of '\(session.clusterName)' have \(Format.size(Double(available))) left\(room.account), and the table "
        + "needs \(Format.size(Double(needed))) with all of its replicas")
  }
}
