internal import FoundationEssentials
internal import StorageEngine

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

  let path: String

  /// Throws `FileError` or `Damaged`. An absent file is an empty cluster.
  func load() throws -> ClusterRecord {
    guard let bytes = try Files.read(path) else { return ClusterRecord() }
    do {
      return try JSONDecoder().decode(ClusterRecord.self, from: Data(bytes))
    } catch {
      throw Damaged(path: path, reason: "\(error)")
    }
  }

  /// Durable when it returns.
  func save(_ record: ClusterRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try Files.replace(path, with: [UInt8](try encoder.encode(record)))
  }
}
