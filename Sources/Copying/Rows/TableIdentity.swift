package import EventLoop
package import PegasusClient

/// What makes a table the one it was: a table that is dropped and made again has another id.
package struct TableIdentity: Sendable, Equatable, CustomStringConvertible {
  /// As the configuration names it.
  package var cluster: String
  package var table: String
  package var appID: Int32
  package var partitionCount: Int

  package init(cluster: String, table: String, appID: Int32, partitionCount: Int) {
    self.cluster = cluster
    self.table = table
    self.appID = appID
    self.partitionCount = partitionCount
  }

  /// The present one, as the meta server tells it.
  ///
  /// - Throws: `ClientError`
  @LoopActor
  package init(_ table: Table) async throws(ClientError) {
    let known = try await table.router.refresh()
    self.init(cluster: table.cluster.name, table: table.name, appID: known.appID, partitionCount: known.count)
  }

  /// "A:users".
  package var description: String { "\(cluster):\(table)" }

  /// In what the present differs from this one, in words; `nil` when in nothing.
  package func difference(from present: TableIdentity) -> String? {
    if cluster != present.cluster || table != present.table { return "\(self) then, \(present) now" }
    if appID != present.appID {
      return "\(self) has another id: \(appID) then, \(present.appID) now; it was dropped and made again"
    }
    if partitionCount != present.partitionCount {
      return "\(self) has another partition count: \(partitionCount) then, \(present.partitionCount) now"
    }
    return nil
  }
}
