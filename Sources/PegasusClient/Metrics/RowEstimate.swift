package import EventLoop
import PegasusProtocol
import RPC

/// How many rows the storage engines of a table estimate to have. Expired, overwritten and deleted rows are among them
/// until compaction drops them.
@LoopActor
package struct RowEstimate {
  private let table: Table

  package init(_ table: Table) { self.table = table }

  /// The estimate for each partition, in order.
  ///
  /// - Throws: `ClientError` when a primary could not be asked: servers before 2.6 have no such metric
  package func byPartition() async throws(ClientError) -> [(partition: Int32, rows: Int64)] {
    let known = try await table.partitions()
    let action = table.phrase("estimate the rows", "of")
    var estimates: [Int32: Int64] = [:]
    let primaries = Set(known.partitions.compactMap(\.primary))
    let reports = await withTaskGroup(of: (NodeAddress, Result<ServerMetrics, ClientError>).self) { group in
      for node in primaries {
        group.addTask { (node, await self.report(of: node, appID: known.appID, action)) }
      }
      var reports: [NodeAddress: Result<ServerMetrics, ClientError>] = [:]
      for await (node, report) in group { reports[node] = report }
      return reports
    }
    for (node, report) in reports {
      for entity in try report.get().entities {
        guard let gpid = GPID(String(entity.id.drop { $0 != "@" }.dropFirst())), gpid.appID == known.appID,
          known.partitions.indices.contains(Int(gpid.partitionIndex)),
          known.partitions[Int(gpid.partitionIndex)].primary == node, let rows = entity.value("rdb_estimated_keys")
        else { continue }
        estimates[gpid.partitionIndex] = Int64(max(0, min(rows, 1e18)))
      }
    }
    guard estimates.count == known.count else {
      throw ClientError(
        .invalid("only \(estimates.count) of \(known.count) partitions have an estimate"), while: action)
    }
    return (0..<Int32(known.count)).map { ($0, estimates[$0] ?? 0) }
  }

  /// The estimate for some partitions together; `nil` when it cannot be had.
  ///
  /// - Throws: `ClientError` only when cancelled
  package func rows(of partitions: [Int32]) async throws(ClientError) -> Int64? {
    do throws(ClientError) {
      let wanted = Set(partitions)
      return try await byPartition().reduce(0) { $0 + (wanted.contains($1.partition) ? $1.rows : 0) }
    } catch {
      if error.isCancellation { throw error }
      return nil
    }
  }

  private func report(of node: NodeAddress, appID: Int32, _ action: String) async -> Result<ServerMetrics, ClientError>
  {
    let path =
      "/metrics?with_metric_fields=name,value&types=replica&attributes=table_id,\(appID)&metrics=rdb_estimated_keys"
    do {
      let limit = table.cluster.options.serverTimeout
      return .success(try ServerMetrics(json: try await HTTPGet.fetch(node, path: path, timeout: limit).body))
    } catch let error as RPCError {
      return .failure(ClientError(.transport(error), while: action))
    } catch {
      return .failure(ClientError(.invalid("\(node) does not tell its metrics: \(error)"), while: action))
    }
  }
}
