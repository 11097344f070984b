import Configuration
import EventLoop
import PegasusClient
import PegasusProtocol

/// The table that files are made for, as its servers tell it.
@LoopActor
struct SplitTable {
  let id: Int32
  let partitionCount: Int32
  let dataVersion: ValueHeader.Version
  /// Nil when nobody was asked.
  let identity: TableIdentity?

  /// - Throws: `ShellError` when the table is not there, or its partitions store values in different ways
  init(_ options: SplitTargetOptions, named name: String, in session: Session) async throws {
    if let id = options.tableID, let count = options.partitionCount {
      (self.id, partitionCount, identity) = (id, count, nil)
      dataVersion = options.dataVersion == 0 ? .v0 : .v1
      return
    }
    let definition = try session.find(options.cluster)
    let cluster = try await session.cluster(named: options.cluster)
    guard let info = try await cluster.tableInfo(name) else {
      throw ShellError(
        "cluster '\(definition.name)' has no table '\(name)' to make files for",
        advice: "create it there with the partition count you want; or --to_table names another one")
    }
    id = info.appId
    partitionCount = info.partitionCount
    identity = try await TableIdentity(of: cluster.table(name), in: definition)
    dataVersion =
      if let typed = options.dataVersion {
        typed == 0 ? .v0 : .v1
      } else {
        try await Self.dataVersion(of: info, in: cluster, session)
      }
  }

  private static func dataVersion(
    of info: AppInfo, in cluster: ClusterClient, _ session: Session
  ) async throws -> ValueHeader.Version {
    let nodes = try await cluster.listNodes(status: .alive)
    let answers = try await mapConcurrently(nodes) { node in
      (try? await cluster.dataVersions(tableID: info.appId, of: node.address)) ?? []
    }
    let versions = answers.reduce(into: Set<String>()) { $0.formUnion($1) }
    guard versions.count <= 1 else {
      throw ShellError(
        "the partitions of table '\(info.appName)' store values in different ways: versions "
          + versions.sorted().joined(separator: " and "), status: .refused)
    }
    guard let only = versions.first else {
      session.output.info("no server tells the data version of table '\(info.appName)': taken as 1")
      return .v1
    }
    guard let version = UInt8(only).flatMap({ ValueHeader.Version(rawValue: $0) }), version != .v2 else {
      throw ShellError("table '\(info.appName)' has data version \(only), which this shell cannot write")
    }
    return version
  }
}
