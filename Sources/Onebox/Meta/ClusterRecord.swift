/// What the meta server knows of one table and keeps on disk.
struct TableRecord: Codable, Equatable, Sendable {
  /// The states a table here can be in. Values are those of the wire.
  enum Status: Int32, Codable, Sendable {
    case available = 1
    case dropped = 6
  }

  var id: Int32
  var name: String
  var status: Status = .available
  var partitionCount: Int32
  var replicaCount: Int32
  var environment: [String: String] = [:]
  var atomicIdempotent = false
  /// Unix seconds; 0 = never.
  var createSecond: Int64
  var dropSecond: Int64 = 0
  /// Unix second when a dropped table is purged. Stays set after a recall, as in real clusters.
  var expireSecond: Int64 = 0
  /// Where its data comes from, when it was made by a restore.
  var restore: RestoreRecord?
}

/// All that the meta server keeps on disk.
struct ClusterRecord: Codable, Equatable, Sendable {
  var version = 1
  /// Ids are never used twice.
  var nextTableID: Int32 = 1
  var tables: [TableRecord] = []
}

/// The file behind the meta server: replaced as a whole before a change is answered.
struct MetaStore: Sendable {
  /// The file is there but cannot be understood.
  struct Damaged: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path) is damaged: \(reason)" }
  }

  private let file: RecordFile<ClusterRecord>

  init(path: String) { file = RecordFile(path: path) }

  /// Throws `FileError` or `Damaged`. An absent file is an empty cluster.
  func load() throws -> ClusterRecord { try file.load() ?? ClusterRecord() }

  /// Durable when it returns.
  func save(_ record: ClusterRecord) throws { try file.save(record) }
}
