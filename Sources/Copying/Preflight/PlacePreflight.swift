package import EventLoop
package import PegasusClient

/// Looks at one table, or at the place for one that is not there yet, each question with a short limit; changes nothing.
@LoopActor
package enum PlacePreflight {
  /// A table as the source of something.
  ///
  /// - Throws: `ClientError` when the cluster cannot be asked at all
  package static func table(
    _ table: Table, limit: Duration = .seconds(1)
  ) async throws(ClientError) -> PreflightSide {
    let probe = PreflightProbe(table, .source, CopyOptions(), limit: limit)
    try await probe.lookUp()
    await probe.askAll(sourcePartitions: probe.side.partitionCount)
    return probe.side
  }

  /// The cluster that is to get a table of that name: whether it is there already, the servers, their releases and disks.
  ///
  /// - Throws: `ClientError` when the cluster cannot be asked at all
  package static func place(
    for table: Table, limit: Duration = .seconds(1)
  ) async throws(ClientError) -> PreflightSide {
    let probe = PreflightProbe(table, .target, CopyOptions(), limit: limit)
    try await probe.lookUp()
    await probe.askCluster()
    return probe.side
  }
}
