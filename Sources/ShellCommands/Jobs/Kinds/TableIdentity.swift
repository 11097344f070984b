import Configuration
import EventLoop
import JSON
import PegasusClient

/// Which table a job works on, told so exactly that a later look can say whether it is still the same one.
struct TableIdentity: Sendable, Equatable {
  /// As the configuration names it.
  var cluster: String
  /// The meta servers, as configured.
  var metaList: String
  var table: String
  /// Another number under the same name means that the table was dropped and created again.
  var appID: Int32
  var partitionCount: Int

  init(cluster: String, metaList: String, table: String, appID: Int32, partitionCount: Int) {
    self.cluster = cluster
    self.metaList = metaList
    self.table = table
    self.appID = appID
    self.partitionCount = partitionCount
  }

  /// Looks the table up.
  ///
  /// - Throws: `ClientError`, `noSuchTable` among its reasons
  @LoopActor
  init(of table: Table, in definition: ClusterDefinition) async throws(ClientError) {
    let partitions = try await table.router.refresh()
    self.init(
      cluster: definition.name, metaList: definition.metaList, table: table.name, appID: partitions.appID,
      partitionCount: partitions.count)
  }

  /// "ClusterA:users".
  var title: String { "\(cluster):\(table)" }

  var json: JSONValue {
    .object([
      "cluster": .string(cluster), "meta_list": .string(metaList), "table": .string(table), "app_id": .int(appID),
      "partition_count": .int(partitionCount),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue?) throws(ShellError) {
    guard let json, let cluster = json["cluster"]?.text, let metaList = json["meta_list"]?.text,
      let table = json["table"]?.text, let appID = json["app_id"]?.double.flatMap({ Int32(exactly: $0) }),
      let count = json["partition_count"]?.double.flatMap({ Int(exactly: $0) })
    else {
      throw ShellError("the plan of the job does not name its tables", status: .refused)
    }
    self.init(cluster: cluster, metaList: metaList, table: table, appID: appID, partitionCount: count)
  }

  /// Whether it lies where a table of that name would lie now, whatever has become of it.
  func isPlace(of name: String, in definition: ClusterDefinition) -> Bool {
    table == name && Self.servers(metaList) == Self.servers(definition.metaList)
  }

  /// Whether both are one table, whatever its cluster is called.
  func isSameTable(as other: TableIdentity) -> Bool {
    table == other.table && appID == other.appID && Self.servers(metaList) == Self.servers(other.metaList)
  }

  /// The servers of a list, whatever their order.
  static func servers(_ list: String) -> Set<String> {
    Set(list.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) })
  }

  // MARK: Looking again

  /// The table as it is now; what differs is added to `changes`, and nil is returned when it cannot be used for that.
  ///
  /// - Parameter role: "source", "target"
  /// - Throws: `ClientError` when the cluster does not answer, `ShellError` when an embedded one does not start
  @LoopActor
  func table(_ role: String, in session: Session, _ changes: inout PlanChanges) async throws -> Table? {
    let definition: ClusterDefinition
    do {
      definition = try session.find(cluster)
    } catch {
      changes.add("the \(role) cluster '\(cluster)' is not configured any more")
      return nil
    }
    if Self.servers(definition.metaList) != Self.servers(metaList) {
      changes.add("the meta servers of the \(role) cluster '\(cluster)' were \(metaList), now \(definition.metaList)")
      return nil
    }
    let found = try await session.cluster(named: cluster).table(table)
    do {
      let present = try await TableIdentity(of: found, in: definition)
      if present.appID != appID {
        changes.add(
          "the \(role) table '\(table)' of \(cluster) was dropped and created again (id \(appID), now \(present.appID))"
        )
      }
      if present.partitionCount != partitionCount {
        changes.add(
          "the \(role) table '\(table)' of \(cluster) had \(partitionCount) partitions, now \(present.partitionCount)")
      }
      return found
    } catch {
      guard case .noSuchTable = error.reason else { throw error }
      changes.add("the \(role) table '\(table)' of \(cluster) does not exist any more")
      return nil
    }
  }
}
