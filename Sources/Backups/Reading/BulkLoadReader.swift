package import BackupLayout
package import EventLoop

/// Tells what is there of a bulk-load tree, and whether servers (2.1–2.6) would take it.
///
/// What is wrong with it is a `StorageProblem`; an error is thrown only when the storage does not answer.
@LoopActor
package final class BulkLoadReader {
  private static let parallel = 8
  private let service: any BlockService

  package init(_ service: any BlockService) { self.service = service }

  /// `expecting`: the id and the partition count of the table to be loaded, to be compared as servers do.
  package func read(
    _ tree: BulkLoadTree, expecting table: (id: Int32, partitionCount: Int32)? = nil
  ) async throws(BlockServiceError) -> FoundBulkLoad {
    var found = FoundBulkLoad(path: tree.table, info: nil, partitions: [], problems: [])
    switch try await service.document(BulkLoadInfo.self, at: tree.info, advice: Advice.splitAgain) {
    case .missing:
      found.problems.append(
        StorageProblem(
          .unfinished, tree.info, "the file is not there: the files were not written to their end",
          advice: Advice.unfinishedSplit))
    case .damaged(let problem): found.problems.append(problem)
    case .found(let info): found.info = info
    }
    guard let info = found.info else { return found }
    if let table, info.tableID != table.id || info.partitionCount != table.partitionCount {
      found.problems.append(
        StorageProblem(
          .mismatch, tree.info,
          "the files are for a table with id \(info.tableID) and \(info.partitionCount) partitions, the table has id "
            + "\(table.id) and \(table.partitionCount)", advice: Advice.otherTable))
    }
    guard (1...65536).contains(info.partitionCount) else {
      found.problems.append(
        StorageProblem(
          .damagedDocument, tree.info, "a partition count of \(info.partitionCount)", advice: Advice.splitAgain))
      return found
    }
    found.partitions = try await boundedMap(0..<info.partitionCount, atMost: Self.parallel) {
      (index) async throws(BlockServiceError) in
      try await self.partition(index, of: tree)
    }
    return found
  }

  private func partition(_ index: Int32, of tree: BulkLoadTree) async throws(BlockServiceError) -> PartitionLoad {
    var partition = PartitionLoad(index: index, directory: tree.partition(index))
    let place = tree.metadata(index)
    switch try await service.document(BulkLoadMetadata.self, at: place, advice: Advice.splitAgain) {
    case .missing:
      partition.problems.append(
        StorageProblem(.missingDocument, place, "the file is not there", advice: Advice.splitAgain))
    case .damaged(let problem): partition.problems.append(problem)
    case .found(let metadata):
      partition.metadata = metadata
      if metadata.files.isEmpty || metadata.totalSize <= 0 {
        partition.problems.append(
          StorageProblem(
            .incompleteList, place, "no file is listed: servers refuse a partition without data",
            advice: Advice.splitAgain))
      }
      partition.problems += try await FileListCheck.problems(
        metadata.files, total: metadata.totalSize, document: place, in: partition.directory, of: service,
        advice: Advice.splitAgain)
    }
    return partition
  }
}
