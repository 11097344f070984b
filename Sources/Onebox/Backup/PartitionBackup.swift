internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The part of a backup that a partition's primary does: a checkpoint, and its upload.
@LoopActor
struct PartitionBackup {
  let cluster: Cluster
  let partition: Partition
  let service: LocalBlockService
  let backupID: Int64
  /// The partition's directory on the storage service.
  let target: String

  /// Bytes that were uploaded. Throws `CancellationError`, and whatever went wrong; the upload is left as it is, the local
  /// checkpoint is not.
  func run() async throws -> Int64 {
    let counters = partition.counters
    counters.backupsStarted += 1
    counters.backupsRunning += 1
    let start = WallClock.monotonicMilliseconds
    defer {
      counters.backupsRunning -= 1
      counters.largestUpload = 0
      counters.backupMilliseconds = WallClock.monotonicMilliseconds - start
    }
    do {
      let checkpoint = try await makeCheckpoint()
      defer { BlockingPool.submit { checkpoint.remove() } }
      let size = try await upload(checkpoint)
      counters.backupsSuccessful += 1
      return size
    } catch is CancellationError {
      counters.backupsCancelled += 1
      throw CancellationError()
    } catch {
      counters.backupsFailed += 1
      throw error
    }
  }

  private func makeCheckpoint() async throws -> CheckpointFiles {
    partition.commit()
    // Without files for a moment, as real partitions are without a primary.
    while partition.store == nil {
      try await loopSleep(cluster.options.storageRound)
      try checkPresence()
    }
    guard let database = partition.store?.database else { throw CancellationError() }
    let directory = Self.localDirectory(of: partition) + "/backup.\(backupID)"
    return try await BlockingPool.run { try CheckpointFiles.make(of: database, in: directory) }
  }

  /// Throws when the table has been dropped.
  private func checkPresence() throws {
    guard cluster.partition(partition.gpid) === partition else {
      throw BlockServiceError(code: .appNotExist, reason: "table \(partition.gpid.appID) is not available any more")
    }
  }

  /// Where checkpoints of a partition are while they are uploaded.
  static func localDirectory(of partition: Partition) -> String { partition.directory + "/backup" }

  private func upload(_ checkpoint: CheckpointFiles) async throws -> Int64 {
    let node = cluster.nodes[partition.primary].hostPort
    let name = BackupTree.checkpointName(host: node.host, port: node.port)
    let directory = StoragePath.join(target, name)
    let mover = cluster.uploader(node: partition.primary, to: service)
    let service = service
    partition.counters.largestUpload = checkpoint.files.map(\.size).max() ?? 0
    let counters = partition.counters
    let names = checkpoint.files.map(\.name)
    let records: [FileRecord]
    do {
      try checkPresence()
      let jobs = try await BlockingPool.run {
        try names.map { name in
          let path = StoragePath.join(directory, name)
          try service.makeDirectory(of: path)
          return FileLanes.Job("\(checkpoint.directory)/\(name)", to: try service.place(path))
        }
      }
      let marks = try await mover.copy(jobs) {
        counters.uploadedBytes += $0
      } finished: { index, mark in
        try checkPresence()
        try await BlockingPool.run { try service.complete(StoragePath.join(directory, names[index]), mark) }
        counters.uploadsSuccessful += 1
      }
      records = zip(names, marks).map { FileRecord(name: $0, size: $1.size, md5: $1.md5) }
    } catch {
      counters.uploadsFailed += 1
      throw error
    }
    let metadata = BackupMetadata(
      decree: checkpoint.decree, timestamp: WallClock.unixMilliseconds, files: records)
    let target = target
    try await BlockingPool.run {
      try service.write(StoragePath.join(directory, BackupMetadata.fileName), metadata.contents)
      // The last file: from now on the partition is complete.
      try service.write(StoragePath.join(target, BackupTree.currentCheckpoint), Array(name.utf8))
    }
    return metadata.totalSize
  }
}
