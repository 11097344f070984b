import BackupLayout
package import EventLoop

/// Finds cold backups on a storage and tells what is there of each, in both layouts (servers of 2.0–2.6).
///
/// What is wrong with a backup is a `StorageProblem` of it; an error is thrown only when the storage does not answer.
@LoopActor
package final class BackupReader {
  /// How closely to look.
  package enum Depth: Sendable {
    /// Only at what the whole says of itself.
    case summary
    /// At every partition: which files, and whether they have the right sizes.
    case partitions
  }

  /// Directories looked into below the one that was named: a path of three, the cluster, or those and a policy.
  private static let depth = 4
  /// Backup ids are unix milliseconds: since the year 2001.
  private static let leastID: Int64 = 1_000_000_000_000
  /// Partitions looked at side by side.
  private static let parallel = 8

  let service: any BlockService
  /// Directories that the last `find` was not allowed to look into: there may be backups in them.
  package private(set) var passedOver: [String] = []
  /// Directories that lie too deep for the last `find`: there may be backups below them.
  package private(set) var tooDeep: [String] = []

  package init(_ service: any BlockService) { self.service = service }

  /// All backups below a directory, the newest first.
  package func find(below directory: String = "") async throws(BlockServiceError) -> [BackupLocation] {
    var found: [BackupLocation] = []
    (passedOver, tooDeep) = ([], [])
    try await find(in: directory, deep: Self.depth, &found)
    return found.sorted { ($1.id, $0.root) < ($0.id, $1.root) }
  }

  private func find(in directory: String, deep: Int, _ found: inout [BackupLocation]) async throws(BlockServiceError) {
    for entry in try await service.list(directory) where entry.isDirectory {
      if let id = Int64(entry.name), id >= Self.leastID, entry.name == "\(id)" {
        found.append(BackupLocation(root: StoragePath.join(directory), id: id))
      } else if Int64(entry.name) == nil {
        let inner = StoragePath.join(directory, entry.name)
        guard deep > 0 else {
          tooDeep.append(inner)
          continue
        }
        do throws(BlockServiceError) {
          try await find(in: inner, deep: deep - 1, &found)
        } catch {
          switch error.kind {
          case .denied: passedOver.append(inner)
          // It was removed since it was listed.
          case .notFound: break
          default: throw error
          }
        }
      }
    }
  }

  /// What is there of a backup, or of some of its tables.
  package func read(
    _ location: BackupLocation, depth: Depth = .partitions, tables wanted: Set<Int32>? = nil
  ) async throws(BlockServiceError) -> FoundBackup {
    var backup = FoundBackup(location: location)
    let place = StoragePath.join(location.path, BackupInfo.fileName)
    switch try await service.document(BackupInfo.self, at: place, advice: Advice.newBackup) {
    case .found(let info): backup.info = info
    case .missing:
      backup.problems.append(
        StorageProblem(
          .unfinished, place, "the file is not there: the backup was not written to its end",
          advice: Advice.unfinishedBackup))
    case .damaged(let problem): backup.problems.append(problem)
    }
    if let info = backup.info { backup.problems += Self.contradictions(info, location, place) }
    let tables = if let info = backup.info { info.tables } else { try await listedTables(location.path) }
    for (id, name) in tables.sorted(by: { $0.key < $1.key }) where wanted?.contains(id) ?? true {
      guard FileRecord.isPlain(name) else {
        backup.problems.append(
          StorageProblem(
            .damagedDocument, place, "it names a table '\(name.prefix(80))' (id \(id))", advice: Advice.newBackup))
        continue
      }
      backup.tables.append(try await table(name, id, in: location, depth, isFinished: backup.info != nil))
    }
    return backup
  }

  private static func contradictions(
    _ info: BackupInfo, _ location: BackupLocation, _ place: String
  ) -> [StorageProblem] {
    var problems: [StorageProblem] = []
    if info.id != location.id {
      problems.append(
        StorageProblem(
          .mismatch, place, "it is the one of backup \(info.id)",
          advice: "The directory was renamed or copied by hand: give it its own name back."))
    }
    if case .tables(_, _, let status) = info.content, status != 1 {
      problems.append(
        StorageProblem(
          .unfinished, place, "the backup is being deleted by its policy (info_status \(status))",
          advice: "Use a newer backup."))
    }
    return problems
  }

  /// Without `backup_info`: by the names of directories, `<name>_<id>`.
  private func listedTables(_ path: String) async throws(BlockServiceError) -> [Int32: String] {
    var tables: [Int32: String] = [:]
    for entry in try await service.list(path) where entry.isDirectory {
      guard let mark = entry.name.lastIndex(of: "_"), let id = Int32(entry.name[entry.name.index(after: mark)...])
      else { continue }
      tables[id] = String(entry.name[..<mark])
    }
    return tables
  }

  private func table(
    _ name: String, _ id: Int32, in location: BackupLocation, _ depth: Depth, isFinished: Bool
  ) async throws(BlockServiceError) -> TableBackup {
    let path = StoragePath.join(location.path, "\(name)_\(id)")
    var table = TableBackup(name: name, id: id, path: path, metadata: nil, partitions: [], problems: [])
    let place = StoragePath.join(path, "meta", AppMetadata.fileName)
    switch try await service.document(AppMetadata.self, at: place, advice: Advice.newBackup) {
    case .missing:
      table.problems.append(
        StorageProblem(.missingDocument, place, "the file is not there", advice: Advice.newBackup))
    case .damaged(let problem): table.problems.append(problem)
    case .found(let metadata):
      table.metadata = metadata
      if metadata.id != id || metadata.name != name {
        table.problems.append(
          StorageProblem(
            .mismatch, place,
            "it is about '\(metadata.name)' with id \(metadata.id), the backup about '\(name)' with id \(id)",
            advice: "Never restore it: a meta server ends its process over that. Make a new backup."))
      }
      if !(1...65536).contains(metadata.partitionCount) {
        table.problems.append(
          StorageProblem(
            .damagedDocument, place, "a partition count of \(metadata.partitionCount)", advice: Advice.newBackup))
        table.metadata = nil
      }
      if metadata.replicaCount < 1 {
        table.problems.append(
          StorageProblem(
            .damagedDocument, place, "a replica count of \(metadata.replicaCount)", advice: Advice.newBackup))
      }
    }
    guard depth == .partitions, let count = table.metadata?.partitionCount else { return table }
    table.partitions = try await boundedMap(0..<count, atMost: Self.parallel) {
      (index) async throws(BlockServiceError) in
      try await self.partition(index, of: path, isFinished: isFinished)
    }
    table.problems += try await surplus(count, path, place)
    return table
  }

  /// Partitions beyond those that the table is said to have: they would be left out without a word.
  private func surplus(
    _ count: Int32, _ path: String, _ document: String
  ) async throws(BlockServiceError) -> [StorageProblem] {
    let indexes = try await service.listIfThere(path).filter(\.isDirectory).compactMap { Int32($0.name) }
    let more = indexes.filter { $0 >= count }.sorted()
    guard let last = more.last else { return [] }
    return [
      StorageProblem(
        .mismatch, document, "a partition count of \(count), but \(path) has directories up to \(last)",
        advice: Advice.newBackup)
    ]
  }

  /// - Parameter isFinished: whether the backup says that it was written to its end
  private func partition(
    _ index: Int32, of table: String, isFinished: Bool
  ) async throws(BlockServiceError) -> PartitionBackup {
    var partition = PartitionBackup(index: index)
    let pointer = StoragePath.join(table, "\(index)", BackupTree.currentCheckpoint)
    let text: [UInt8]
    switch try await service.text(at: pointer, advice: Advice.newBackup) {
    case .found(let bytes): text = bytes
    case .damaged(let problem):
      partition.problems.append(problem)
      return partition
    case .missing:
      partition.problems.append(
        isFinished
          ? StorageProblem(
            .missingDocument, pointer, "the file is not there, though the backup was written to its end",
            advice: Advice.newBackup)
          : StorageProblem(
            .unfinishedPartition, pointer, "the file is not there: the partition was not written to its end",
            advice: Advice.unfinishedBackup))
      return partition
    }
    let name = String(decoding: StoredText.trimmed(text), as: UTF8.self)
    guard FileRecord(name: name, size: 0, md5: "").hasPlainName else {
      partition.problems.append(
        StorageProblem(
          .damagedDocument, pointer, "the name of a checkpoint is expected, not '\(name.prefix(80))'",
          advice: Advice.newBackup))
      return partition
    }
    partition.directory = StoragePath.join(table, "\(index)", name)
    let place = StoragePath.join(partition.directory, BackupMetadata.fileName)
    switch try await service.document(BackupMetadata.self, at: place, advice: Advice.newBackup) {
    case .missing:
      partition.problems.append(
        StorageProblem(.missingDocument, place, "the file is not there", advice: Advice.newBackup))
    case .damaged(let problem): partition.problems.append(problem)
    case .found(let metadata):
      partition.metadata = metadata
      let names = metadata.files.map(\.name)
      if !names.contains("CURRENT") || !names.contains(where: { $0.hasPrefix("MANIFEST-") }) {
        partition.problems.append(
          StorageProblem(
            .incompleteList, place, "no CURRENT or no MANIFEST is listed: it is no checkpoint",
            advice: Advice.newBackup))
      }
      partition.problems += try await FileListCheck.problems(
        metadata.files, total: metadata.totalSize, document: place, in: partition.directory, of: service,
        advice: Advice.newBackup)
    }
    return partition
  }
}
