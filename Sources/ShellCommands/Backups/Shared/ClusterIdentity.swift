import Configuration
import EventLoop
import JSON
import PegasusClient

/// Which cluster a job works on, told so exactly that a later look can say whether it is still the same one.
struct ClusterIdentity: Sendable, Equatable {
  /// As the configuration names it.
  var name: String
  /// The meta servers, as configured.
  var metaList: String

  init(_ definition: ClusterDefinition) {
    name = definition.name
    metaList = definition.metaList
  }

  /// The cluster that a table lies in.
  init(of table: TableIdentity) {
    name = table.cluster
    metaList = table.metaList
  }

  /// Whether both are one cluster, whatever it is called.
  func isSameCluster(as other: ClusterIdentity) -> Bool {
    TableIdentity.servers(metaList) == TableIdentity.servers(other.metaList)
  }

  var json: JSONValue { .object(["cluster": .string(name), "meta_list": .string(metaList)]) }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue?) throws(ShellError) {
    let fields = PlanFields(json ?? .null)
    name = try fields.text("cluster")
    metaList = try fields.text("meta_list")
  }

  /// The cluster as it is now; what differs is added to `changes`, and nil is returned when it cannot be used for that.
  ///
  /// - Throws: `ShellError` when an embedded one does not start
  @LoopActor
  func client(in session: Session, _ changes: inout PlanChanges) async throws -> ClusterClient? {
    let definition: ClusterDefinition
    do {
      definition = try session.find(name)
    } catch {
      changes.add("the cluster '\(name)' is not configured any more")
      return nil
    }
    guard TableIdentity.servers(metaList) == TableIdentity.servers(definition.metaList) else {
      changes.add("the meta servers of the cluster '\(name)' were \(metaList), now \(definition.metaList)")
      return nil
    }
    return try await session.cluster(named: name)
  }
}

extension Session {
  /// The current cluster's definition.
  ///
  /// - Throws: `ShellError` when there is none
  func here() throws(ShellError) -> ClusterDefinition {
    guard let definition else { throw ShellError("no cluster is configured", status: .usage) }
    return definition
  }
}
