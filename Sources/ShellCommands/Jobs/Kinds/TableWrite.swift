import Jobs

/// A table that a job writes into.
struct TableWrite: Sendable {
  var cluster: ClusterIdentity
  var table: String
  /// Nil: whatever has that name, also when it is not there yet.
  var appID: Int32?
  /// Where the rows come from, and which partitions of it; nil: from no table, or from all partitions.
  var source: (table: TableIdentity, partitions: [Int32])?

  init(_ table: TableIdentity, from source: TableIdentity? = nil, partitions: [Int32]? = nil) {
    cluster = ClusterIdentity(of: table)
    self.table = table.table
    appID = table.appID
    if let source, let partitions { self.source = (source, partitions) }
  }

  /// Into a table that the job creates, or takes when it is there.
  init(name: String, in cluster: ClusterIdentity) {
    self.cluster = cluster
    table = name
  }

  /// "ClusterA:users".
  var title: String { "\(cluster.name):\(table)" }

  /// Whether both may write one and the same row. Different partitions of one source hold different rows, so that several
  /// shells can share a copy; of filters that is not known.
  func mayMeet(_ other: TableWrite) -> Bool {
    guard table == other.table, cluster.isSameCluster(as: other.cluster) else { return false }
    if let appID, let other = other.appID, appID != other { return false }
    guard let source, let theirs = other.source, source.table.isSameTable(as: theirs.table) else { return true }
    return !Set(source.partitions).isDisjoint(with: theirs.partitions)
  }

  /// What a planned job writes into; nothing for one that this shell does not understand.
  static func all(of plan: JobPlan) -> [TableWrite] {
    guard let kind = JobKinds[plan.kind], plan.version <= kind.planVersion else { return [] }
    return (try? kind.writes(plan.parameters)) ?? []
  }
}
