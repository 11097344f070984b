internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// Where a partition's files are and how they are opened.
struct PartitionPlan: Sendable {
  let gpid: GPID
  /// Index of the server its primary is on.
  let primary: Int
  let directory: String
  var options: DatabaseOptions
  var defaultTTL: UInt32

  func open(readOnly: Bool = false) throws -> OpenedPartition {
    var options = options
    options.readOnly = readOnly
    return try OpenedPartition(directory: directory, options: options, defaultTTL: defaultTTL)
  }

  /// Opens several partitions side by side, off the loop; the results are in order. All or none.
  static func openAll(_ plans: [PartitionPlan]) async throws -> [OpenedPartition] {
    let workers = min(4, plans.count)
    return try await withThrowingTaskGroup(of: [(Int, OpenedPartition)].self) { group in
      for worker in 0..<workers {
        group.addTask {
          try await BlockingPool.run {
            try stride(from: worker, to: plans.count, by: workers).map { ($0, try plans[$0].open()) }
          }
        }
      }
      var opened: [(Int, OpenedPartition)] = []
      for try await part in group { opened += part }
      return opened.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}
