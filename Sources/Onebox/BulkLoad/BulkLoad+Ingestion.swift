internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

extension BulkLoad {
  /// Begins as many ingestions as the servers may do at a time. False when a partition cannot be reached, and the load
  /// has to go back.
  func startIngestions() -> Bool {
    // It travels as a write does: what stops writes stops it.
    if table.settings.deny?.writes == true { return true }
    let limit = max(cluster.metaSettings.number(RemoteSettings.bulkLoadNodeMaxIngesting), 1)
    for index in parts.indices where parts[index].ingestion != .succeed && parts[index].task == nil {
      guard table.partitions.indices.contains(index), table.partitions[index].store != nil,
        parts[index].metadata != nil
      else { return false }
      let node = table.partitions[index].primary
      let running = parts.indices.count { parts[$0].task != nil && table.partitions[$0].primary == node }
      guard running < limit else { continue }
      parts[index].ingestion = .running
      table.partitions[index].counters.loadsIngesting += 1
      run(index) { await self.ingest($0) }
    }
    return true
  }

  private func ingest(_ index: Int) async {
    let partition = table.partitions[index]
    guard let metadata = parts[index].metadata else { return }
    partition.commit()
    // Writes of clients are refused until it is over.
    partition.isIngesting = true
    defer { partition.isIngesting = false }
    guard let store = partition.store else { return }
    do {
      try await verify(metadata, index)
      let work = PartitionIngestion(
        database: store.database, meta: store.meta, loadID: record.id, directory: localDirectory(index),
        files: metadata.files, isBehind: record.ingestsBehind)
      try await BlockingPool.run { try work.run() }
      _ = store.nextDecree()
      try store.commit()
      parts[index].ingestion = .succeed
      parts[index].progress = 100
      change {
        $0.parts[index].isIngested = true
        // Cancelled meanwhile: the rows are there all the same.
        if $0.status == BulkLoadStatus.ingesting.rawValue {
          $0.parts[index].status = BulkLoadStatus.succeed.rawValue
        }
      }
    } catch {
      Log.error("bulk load of table \(record.tableID), partition \(index): ingestion: \(error)")
      parts[index].ingestion = .failed
    }
  }

  /// Compares the files once more, when the cluster is set so.
  private func verify(_ metadata: BulkLoadMetadata, _ index: Int) async throws {
    guard cluster.metaSettings.isOn(RemoteSettings.bulkLoadVerifies) else { return }
    let directory = localDirectory(index)
    try await BlockingPool.run {
      for file in metadata.files {
        let mark = try FilePiece.mark(of: "\(directory)/\(file.name)")
        guard let mark, mark.size == file.size, file.md5.isEmpty || mark.md5 == file.md5 else {
          throw BlockServiceError(code: .wrongChecksum, reason: "'\(file.name)' has changed")
        }
      }
    }
  }
}
