/// What was found out about one side of a copy. Nothing of it is guessed; an estimate is called one.
package struct PreflightSide: Sendable, Equatable {
  /// Whether rows of the copy are there.
  package enum Presence: Sendable, Equatable {
    /// At least one.
    case found
    /// None at all: every partition in question was read to its end.
    case absent
    /// None in the look that was taken at the beginning of each partition.
    case notSeen(rowsLookedAt: Int)
  }

  /// A server's disks together.
  package struct Disk: Sendable, Equatable {
    /// "host:port".
    package var server: String
    /// Free, in bytes.
    package var available: Int64
    /// In bytes; 0: not told.
    package var capacity: Int64

    package init(server: String, available: Int64, capacity: Int64 = 0) {
      self.server = server
      self.available = available
      self.capacity = capacity
    }
  }

  /// As the shell knows it.
  package var cluster: String
  /// "host:port", as configured.
  package var metaServers: [String]
  /// The table's name.
  package var table: String
  /// Whether the table is there and can be used; what follows is empty when not.
  package var exists = false
  /// Why it cannot be used although it is there ("ERR_BUSY_CREATING"); empty when it can or is not there.
  package var refusal = ""
  /// The table's id in its cluster.
  package var tableID: Int32 = 0
  /// How many partitions it has.
  package var partitionCount = 0
  /// How many replicas of each partition it wants.
  package var replicaCount: Int32 = 0
  /// Partitions with fewer replicas than wanted.
  package var unhealthy: [Int32] = []
  /// Partitions that take no writes.
  package var unwritable: [Int32] = []
  /// Partitions without a primary.
  package var unreadable: [Int32] = []
  /// Partitions whose child of a split is not ready.
  package var splitting: [Int32] = []
  /// Replica servers that are down; "host:port".
  package var deadServers: SideAnswer<[String]> = .unknown("")
  /// How many replica servers are up.
  package var aliveServers: SideAnswer<Int> = .unknown("")
  /// Of the leading meta server and the replica servers that hold primaries, each once.
  package var versions: SideAnswer<[String]> = .unknown("")
  /// The servers' estimate for the partitions in question.
  package var rows: SideAnswer<Int64> = .unknown("")
  /// As on the disk of one replica, for the partitions in question.
  package var bytes: SideAnswer<Int64> = .unknown("")
  /// Whether rows of this copy are there.
  package var presence: SideAnswer<Presence> = .unknown("")
  /// The table's environment.
  package var environment: SideAnswer<[String: String]> = .unknown("")
  /// Partitions at creation; another number than now means that the table was split. `nil` where the server has forgotten.
  package var initialPartitionCount: Int?
  /// Where the table is duplicated to, with the state: "B (DS_LOG)"; empty for nowhere.
  package var duplications: SideAnswer<[String]> = .unknown("")
  /// Whether files are being loaded into it.
  package var isBulkLoading: SideAnswer<Bool> = .unknown("")
  /// Whether a partition split is under way.
  package var isSplitting: SideAnswer<Bool> = .unknown("")
  /// "steady", "lively", "freezed", …
  package var metaLevel: SideAnswer<String> = .unknown("")
  /// Whether atomic writes are rewritten into puts (2.6).
  package var atomicIdempotent: SideAnswer<Bool> = .unknown("")
  /// Of the partitions on one server.
  package var dataVersions: SideAnswer<[String]> = .unknown("")
  /// The largest write its servers take, in bytes; 0 for no limit.
  package var maxWriteSize: SideAnswer<Int64> = .unknown("")
  /// Of the living replica servers.
  package var disks: SideAnswer<[Disk]> = .unknown("")

  package init(cluster: String, metaServers: [String] = [], table: String) {
    self.cluster = cluster
    self.metaServers = metaServers
    self.table = table
  }

  /// "ClusterB:users".
  package var title: String { "\(cluster):\(table)" }

  /// A variable of the table's environment; `nil` when it is not set or not known.
  package func variable(_ key: String) -> String? { environment.value?[key] }

  /// Whether a variable is the word true, in any case.
  package func isTrue(_ key: String) -> Bool { variable(key)?.lowercased() == "true" }
}
