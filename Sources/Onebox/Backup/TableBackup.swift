internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol

/// One backup of one table: asked for once, or a part of a policy's round.
@LoopActor
final class TableBackup {
  /// Partitions that are uploaded at a time.
  private static let width = 4

  let id: Int64
  let tableID: Int32
  let tableName: String
  let tree: BackupTree
  let service: LocalBlockService
  private unowned let cluster: Cluster

  init(id: Int64, table: Table, tree: BackupTree, service: LocalBlockService, cluster: Cluster) {
    self.id = id
    self.tableID = table.record.id
    self.tableName = table.record.name
    self.tree = tree
    self.service = service
    self.cluster = cluster
  }

  /// Writes what the table is. The first file of a backup.
  func writeMetadata(of table: Table) async throws {
    let record = table.record
    var metadata = AppMetadata(
      name: tableName, id: tableID, partitionCount: record.partitionCount, replicaCount: record.replicaCount,
      createSecond: record.createSecond)
    metadata.isAtomicIdempotent = record.atomicIdempotent
    let path = tree.appMetadata(id, tableName, tableID)
    let (service, contents) = (service, metadata.contents)
    try await BlockingPool.run { try service.write(path, contents) }
  }

  /// Uploads all partitions; the first that fails cancels the others. Returns the bytes of all.
  func uploadPartitions() async throws -> Int64 {
    let table = try present()
    var size: Int64 = 0
    try await Workers.run(table.partitions.count, atMost: Self.width) { index in
      let partition = try self.present().partitions[index]
      let part = PartitionBackup(
        cluster: self.cluster, partition: partition, service: self.service, backupID: self.id,
        target: self.tree.partition(self.id, self.tableName, self.tableID, Int32(index)))
      let bytes = try await part.run()
      size += bytes
    }
    return size
  }

  /// The table, which may have been dropped or closed meanwhile.
  private func present() throws(BlockServiceError) -> Table {
    guard let table = cluster.tables[tableID], table.record.status == .available,
      table.partitions.count == Int(table.record.partitionCount)
    else { throw BlockServiceError(code: .appNotExist, reason: "table \(tableID) is not available") }
    return table
  }
}
