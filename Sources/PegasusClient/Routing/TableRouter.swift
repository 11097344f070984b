package import EventLoop
import PegasusProtocol

/// The routing of one table, shared by all of its callers: a cached partition table, refreshed on demand by one
/// request at a time.
@LoopActor
package final class TableRouter {
  package let name: String
  /// `nil` until the first answer.
  package private(set) var table: PartitionTable?
  private let meta: MetaClient
  private var refreshing: Task<Result<PartitionTable, ClientError>, Never>?
  private var refreshed: ContinuousClock.Instant?
  /// Two refreshes within this time are one: a burst of failures must not become a burst on the meta server.
  private let quietTime: Duration = .milliseconds(100)

  package init(name: String, meta: MetaClient) {
    self.name = name
    self.meta = meta
  }

  /// - Throws: `ClientError`, `noSuchTable` among its reasons
  package func current() async throws(ClientError) -> PartitionTable {
    if let table { return table }
    return try await refresh()
  }

  /// Asks the meta server where the partitions are now.
  ///
  /// - Throws: `ClientError`, `noSuchTable` among its reasons
  @discardableResult
  package func refresh() async throws(ClientError) -> PartitionTable {
    if let refreshing { return try await refreshing.value.get() }
    if let table, let refreshed, ContinuousClock.now - refreshed < quietTime { return table }
    let task = Task { @LoopActor () -> Result<PartitionTable, ClientError> in
      do throws(ClientError) {
        return .success(try await self.query())
      } catch {
        return .failure(error)
      }
    }
    refreshing = task
    let result = await task.value
    refreshing = nil
    refreshed = ContinuousClock.now
    if case .success(let fresh) = result { table = fresh }
    return try result.get()
  }

  private func query() async throws(ClientError) -> PartitionTable {
    let action = "look up table '\(name)' in cluster '\(meta.cluster)'"
    let response = try await meta.send(
      QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: name, partitionIndices: []), action: action)
    switch response.err {
    case .ok:
      let table = try PartitionTable(response, action: action)
      // A data request would abort a meta server (Pegasus 2.0–2.6), so that an answer that leads to one is not followed.
      if let meta = table.partitions.lazy.compactMap(\.primary).first(where: meta.addresses.contains) {
        throw ClientError(.invalid("the meta server names \(meta), a meta server, as a replica server"), while: action)
      }
      return table
    // Pegasus 2.0–2.6: a missing or dropped table; while it is being dropped, ERR_UNKNOWN or ERR_BUSY_DROPPING.
    case .objectNotFound, .appNotExist: throw ClientError(.noSuchTable(name), while: action)
    default: throw ClientError(.refused(response.err, hint: ""), while: action)
    }
  }
}
