import EventLoop
import PegasusClient
import PegasusProtocol

/// Refusals before the first write.
enum CopySafety {
  /// Source and target must not be one table, by whatever names the two clusters are known here.
  ///
  /// - Throws: `ClientError` when they are, or when a table cannot be looked up
  @LoopActor
  static func check(source: Table, target: Table) async throws(ClientError) {
    let (from, to) = (try await source.partitions(), try await target.partitions())
    guard source.name == target.name, from.appID == to.appID else { return }
    let left = Set(from.partitions.compactMap(\.primary))
    let right = Set(to.partitions.compactMap(\.primary))
    guard source.cluster === target.cluster || !left.isDisjoint(with: right) else { return }
    throw ClientError(
      .invalid(
        "source and target are the same table: '\(source.name)' with id \(from.appID) of the cluster known as "
          + "'\(source.cluster.name)' and '\(target.cluster.name)'"),
      while: "copy")
  }
}
