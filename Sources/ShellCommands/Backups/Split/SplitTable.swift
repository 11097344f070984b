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
        try await Self.dataVersion(of: id, named: name, in: cluster) { session.output.info($0) }
      }
  }

  /// How the servers store the values of a table.
  ///
  /// - Parameter tell: says what had to be assumed
  /// - Throws: `ShellError` when its partitions do it in different ways, or in one that cannot be written
  static func dataVersion(
    of id: Int32, named name: String, in cluster: ClusterClient, tell: @LoopActor (String) -> Void
  ) async throws -> ValueHeader.Version {
    let nodes = try await cluster.listNodes(status: .alive)
    let answers = try await mapConcurrently(nodes) { node in
      (try? await cluster.dataVersions(tableID: id, of: node.address)) ?? []
    }
    let versions = answers.reduce(into: Set<String>()) { $0.formUnion($1) }
    guard versions.count <= 1 else {
      throw ShellError(
        "the partitions of table '\(name)' store values in different ways: versions "
          + versions.sorted().joined(separator: " and "), status: .refused)
    }
    guard let only = versions.first else {
      tell("no server tells the data version of table '\(name)': taken as 1")
      return .v1
    }
    guard let version = UInt8(only).flatMap({ ValueHeader.Version(rawValue: $0) }), version != .v2 else {
      throw ShellError("table '\(name)' has data version \(only), which this shell cannot write")
    }
    return version
  }
}
