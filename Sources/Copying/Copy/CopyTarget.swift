import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// The target table as the writers need it: for each partition the connection to its primary, kept current.
@LoopActor
final class CopyTarget {
  /// One partition of the target.
  struct Endpoint {
    /// `nil` while the partition has no primary.
    var client: RPCClient?
    /// With the time limit of one write.
    var header: PartitionHeader
  }

  let table: Table
  private(set) var endpoints: [Endpoint] = []
  private var partitions: PartitionTable?
  private var refreshing: Task<Result<Void, ClientError>, Never>?

  private let timeout: Duration

  /// - Parameter timeout: the limit of one write, which every request tells the server
  init(table: Table, timeout: Duration) {
    self.table = table
    self.timeout = timeout
  }

  var count: Int { endpoints.count }

  /// - Throws: `ClientError` when the table is gone or is not the one it was
  func prepare() async throws(ClientError) {
    try take(try await table.router.current())
  }

  /// Looks again where the partitions live. Callers that come while a look is under way share it.
  ///
  /// - Throws: `ClientError`; a table that was dropped, made again or split in the meantime is not the same target
  func refresh() async throws(ClientError) {
    if let refreshing { return try await refreshing.value.get() }
    let task = Task { @LoopActor () -> Result<Void, ClientError> in
      do throws(ClientError) {
        let fresh = try await self.table.router.refresh()
        if let known = self.partitions, known.appID != fresh.appID {
          throw ClientError(
            .invalid("the table was dropped and created again (id \(known.appID), now \(fresh.appID)) during the copy"),
            while: self.table.phrase("write", "to"))
        }
        try self.take(fresh)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    refreshing = task
    let result = await task.value
    refreshing = nil
    try result.get()
  }

  /// Where rows with this partition hash are written.
  func endpoint(for hash: UInt64) -> Endpoint { endpoints[Int(partitions.map { $0.index(for: hash) } ?? 0)] }

  private func take(_ fresh: PartitionTable) throws(ClientError) {
    var endpoints: [Endpoint] = []
    for partition in fresh.partitions {
      let header = try fresh.header(partition.index, timeout: timeout, action: table.phrase("write", "to"))
      endpoints.append(
        Endpoint(client: partition.primary.map { table.cluster.pool.client(for: $0) }, header: header))
    }
    self.endpoints = endpoints
    partitions = fresh
  }
}
