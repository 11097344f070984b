internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The restore of one partition: everything is downloaded, checked and opened beside its place, then put there by one
/// rename. So a directory that is in its place is complete.
@LoopActor
struct PartitionRestore {
  let plan: PartitionPlan
  let mover: FileMover
  let service: LocalBlockService
  /// The partition's directory on the storage service.
  let source: String

  private var scratch: String { Self.scratch(of: plan) }
  static func scratch(of plan: PartitionPlan) -> String { plan.directory + ".restore" }

  /// Tells its progress in thousandths. Throws `CancellationError`; `BlockServiceError` with `ERR_OBJECT_NOT_FOUND` or
  /// `ERR_CORRUPTION` when the backup is bad; anything else is worth another try.
  func run(_ progress: (Int32) -> Void) async throws {
    let (plan, service, source, scratch) = (plan, service, source, scratch)
    if await BlockingPool.run({ Files.exists(plan.directory) }) { return progress(1000) }
    let (directory, metadata) = try await BlockingPool.run { try Self.metadata(service, source) }
    let target = scratch + "/data/rdb"
    try await BlockingPool.run {
      Files.removeTree(scratch)
      try Files.makeDirectories(target)
    }
    let files = metadata.files
    let jobs = try await BlockingPool.run {
      try files.map { file in
        let path = StoragePath.join(directory, file.name)
        guard try service.mark(of: path) != nil else {
          throw BlockServiceError(code: .objectNotFound, reason: "'\(path)' is not there")
        }
        return FileLanes.Job(try service.place(path), to: "\(target)/\(file.name)")
      }
    }
    var done: Int64 = 0
    _ = try await mover.copy(jobs) { moved in
      done += moved
      progress(Int32(clamping: min(done * 999 / max(metadata.totalSize, 1), 999)))
    } finished: { index, mark in
      let file = files[index]
      guard mark.size == file.size, file.md5.isEmpty || mark.md5 == file.md5 else {
        throw BlockServiceError(
          code: .corruption, reason: "'\(StoragePath.join(directory, file.name))' is not what its checkpoint lists")
      }
    }
    try await BlockingPool.run {
      try Self.check(scratch, plan)
      try FilePiece.rename(scratch, to: plan.directory)
    }
    progress(1000)
  }

  /// The checkpoint that the partition names, and its files. Blocks.
  private nonisolated static func metadata(
    _ service: LocalBlockService, _ source: String
  ) throws -> (directory: String, BackupMetadata) {
    let name = String(
      decoding: StoredText.trimmed(try service.read(StoragePath.join(source, BackupTree.currentCheckpoint))),
      as: UTF8.self)
    guard !name.isEmpty, !name.contains("/") else {
      throw BlockServiceError(code: .corruption, reason: "'\(source)' names no checkpoint")
    }
    let directory = StoragePath.join(source, name)
    let metadata = try BackupMetadata(
      contents: try service.read(StoragePath.join(directory, BackupMetadata.fileName)))
    let names = metadata.files.map(\.name)
    guard metadata.files.allSatisfy({ $0.hasPlainName && $0.size >= 0 }), names.contains("CURRENT"),
      names.contains(where: { $0.hasPrefix("MANIFEST-") }),
      metadata.files.reduce(0, { $0 &+ $1.size }) == metadata.totalSize
    else { throw BlockServiceError(code: .corruption, reason: "'\(directory)' lists no whole checkpoint") }
    return (directory, metadata)
  }

  /// Whether the engine can use the files. Blocks.
  private nonisolated static func check(_ directory: String, _ plan: PartitionPlan) throws {
    var options = plan.options
    options.readOnly = true
    options.createIfMissing = false
    do {
      _ = try OpenedPartition(directory: directory, options: options, defaultTTL: 0)
    } catch let error as StorageError where error.code != .noSpace {
      throw BlockServiceError(code: .corruption, reason: "\(error)")
    }
  }
}
