import BackupLayout
import EventLoop
import Glibc
import PegasusProtocol
import StorageEngine

extension OfflineSplit {
  private nonisolated static let fillerName = "empty.sst"
  private static let parallel = 4

  /// Writes the documents of every partition, and last the one of the whole; removes what is left over.
  package func finish() async throws(SplitError) -> SplitResult {
    guard let plan, plan.units.allSatisfy({ finished[$0.number] != nil }) else {
      throw SplitError(.invalid, "not all units are split yet")
    }
    stage = .finishing
    var counts = SplitCounts()
    var files: [Int32: [SplitFile]] = [:]
    for unit in plan.units {
      guard let checkpoint = finished[unit.number] else { continue }
      counts += checkpoint.counts
      for file in checkpoint.files { files[file.partition, default: []].append(file) }
    }
    let rows = files.values.joined().reduce(Int64(0)) { $0 + $1.rows }
    guard counts.isBalanced, rows == counts.written else {
      throw SplitError(
        .counts, "of \(counts.read) rows \(rows) are in files, and \(counts.written) should be",
        advice: "Keep the backup and report this.")
    }
    let written = files
    let complete = try await boundedMap(0..<plan.targetCount, atMost: Self.parallel) {
      (partition) async throws(SplitError) in
      try await self.finish(partition, written[partition] ?? [])
    }
    let info = BulkLoadInfo(
      tableID: options.tableID, tableName: options.tableName, partitionCount: options.partitionCount)
    try await storage { () throws(BlockServiceError) in
      try await self.target.write(self.options.tree.info, info.contents)
    }
    await Self.removeWork(options.workDirectory)
    stage = .done
    return SplitResult(
      counts: counts, tree: options.tree,
      rowsByPartition: (0..<plan.targetCount).map { files[$0, default: []].reduce(0) { $0 + $1.rows } },
      files: complete.reduce(0) { $0 + $1.count },
      fileBytes: complete.joined().reduce(0) { $0 + $1.size },
      emptyPartitions: (0..<plan.targetCount).filter { files[$0] == nil }, malformedKeys: malformedKeys,
      warnings: warnings)
  }

  /// The files of a partition in the end: none but those in its document, all with their size.
  private func finish(_ partition: Int32, _ files: [SplitFile]) async throws(SplitError) -> [FileRecord] {
    try await pass()
    var records = files.map(\.record).sorted { $0.name < $1.name }
    if records.isEmpty { records = [try await fill(partition)] }
    let directory = options.tree.partition(partition)
    let wanted = Set(records.map(\.name) + [BulkLoadMetadata.fileName])
    let sizes = try await sizes(in: directory)
    for record in records where sizes[record.name] != record.size {
      throw SplitError(
        .changed,
        "\(StoragePath.join(directory, record.name)) has \(sizes[record.name] ?? 0) bytes instead of \(record.size)",
        advice: "Somebody has changed the target meanwhile: clean it up and begin anew.")
    }
    for name in sizes.keys where !wanted.contains(name) {
      try await storage { () throws(BlockServiceError) in
        try await self.target.delete(StoragePath.join(directory, name))
      }
    }
    if let local = target.localPath(directory) {
      await BlockingPool.run {
        for name in Files.names(in: local) where Self.isPartialName(name) { unlink("\(local)/\(name)") }
      }
    }
    let document = BulkLoadMetadata(files: records).contents
    try await storage { () throws(BlockServiceError) in
      try await self.target.write(self.options.tree.metadata(partition), document)
    }
    return records
  }

  private func sizes(in directory: String) async throws(SplitError) -> [String: Int64] {
    let entries = try await storage { () throws(BlockServiceError) in try await self.target.listIfThere(directory) }
    return Dictionary(entries.filter { !$0.isDirectory }.map { ($0.name, $0.size) }) { first, _ in first }
  }

  /// A file with the marker row that servers write themselves: a partition without data is refused.
  private func fill(_ partition: Int32) async throws(SplitError) -> FileRecord {
    let directory = fileDirectory(partition)
    try await makeDirectory(directory)
    let isLocal = target.localPath("") != nil
    let path = "\(directory)/\(isLocal ? Self.partialName(Self.fillerName) : Self.fillerName)"
    let header = [UInt8](repeating: 0, count: ValueHeader(version: options.dataVersion).length)
    let count = options.partitionCount
    let files = try await offLoop { () throws(SplitError) in
      var file = TargetFile(partition: partition)
      do throws(StorageError) {
        try file.open(Self.fillerName, at: path)
        try file.put(RawSpan(), header.span.bytes)
      } catch {
        throw SplitError(error, whileReading: false)
      }
      return try TargetFile.describe([try file.finish(targetCount: count)])
    }
    guard let file = files.first else { throw SplitError(.counts, "\(path) was not made") }
    try await storage { () throws(BlockServiceError) in
      try await self.target.upload(
        path, md5: file.record.md5,
        to: StoragePath.join(self.options.tree.partition(partition), Self.fillerName))
    }
    return file.record
  }

  /// Resuming: units whose files are not all there any more are done again.
  func dropWhatIsLost() async throws(SplitError) {
    let partitions = Set(finished.values.flatMap { $0.files.map(\.partition) })
    var sizes: [Int32: [String: Int64]] = [:]
    for partition in partitions { sizes[partition] = try await self.sizes(in: options.tree.partition(partition)) }
    for (unit, checkpoint) in finished
    where checkpoint.files.contains(where: { sizes[$0.partition]?[$0.record.name] != $0.record.size }) {
      finished[unit] = nil
    }
  }
}
