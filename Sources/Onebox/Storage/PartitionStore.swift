internal import Bytes
internal import StorageEngine

/// One partition's rows. Changes are collected and written in one step by `commit`; reads see only what is committed.
///
/// Confined to the loop: not `Sendable`.
final class PartitionStore {
  let database: Database
  let filter: ExpiryFilter
  let meta: ColumnFamily
  let version: DataVersion
  /// The number of the last write taken in, committed or not.
  private(set) var decree: Int64
  /// Unix milliseconds; 0 = never.
  private(set) var lastManualCompaction: Int64
  private let syncs: Bool
  private let clusterID: UInt64
  private var writes: PendingWrites
  private var lastMicroseconds: UInt64 = 0
  /// Whether a time tag was given since the last commit.
  private var hasLookedAtClock = false

  init(_ opened: OpenedPartition, syncs: Bool, clusterID: UInt8) {
    self.database = opened.database
    self.filter = opened.filter
    self.meta = opened.meta
    self.version = opened.version
    self.decree = opened.lastDecree
    self.lastManualCompaction = opened.lastManualCompaction
    self.syncs = syncs
    self.clusterID = UInt64(clusterID & 0x7f)
    self.writes = PendingWrites(for: opened)
  }

  // MARK: Writing

  /// The number of the write that begins now.
  func nextDecree() -> Int64 {
    decree &+= 1
    return decree
  }

  /// The time tag of a write that begins now: no two are equal, and they grow.
  func nextTimeTag() -> UInt64 {
    lastMicroseconds &+= 1
    if !hasLookedAtClock {
      // Once for all that is committed together.
      hasLookedAtClock = true
      lastMicroseconds = max(lastMicroseconds, WallClock.unixMicroseconds)
    }
    return lastMicroseconds << 8 | clusterID << 1
  }

  /// Collects one row. `key` must be a full key.
  func put(_ key: RawSpan, _ value: RawSpan, expiry: UInt32, timeTag: UInt64) {
    writes.put(key, value, expiry: expiry, timeTag: timeTag)
  }

  func remove(_ key: RawSpan) { writes.remove(key) }

  /// Writes what was collected, with the decree it reaches to. Whatever happens, nothing is left collected.
  func commit() throws(StorageError) {
    hasLookedAtClock = false
    try writes.commit(to: database, decree: decree, sync: syncs)
  }

  /// Remembers a setting in the partition's files.
  func setMeta(_ key: String, _ value: String) throws(StorageError) {
    try database.put(Array(key.utf8).span.bytes, Array(value.utf8).span.bytes, in: meta)
  }

  /// Notes the end of a manual compaction, in unix milliseconds.
  func finishedManualCompaction(at milliseconds: Int64) throws(StorageError) {
    lastManualCompaction = milliseconds
    try setMeta(OpenedPartition.lastManualCompactionKey, "\(milliseconds)")
  }

  // MARK: Reading

  /// The stored bytes of `key`, header included; nil when there are none.
  func stored(_ key: RawSpan) throws(StorageError) -> PinnedValue? { try database.get(key) }

  /// A stored value that is too short for its header.
  var corruption: StorageError {
    StorageError(
      code: .corruption, message: "Corruption: a value is shorter than its header", operation: "read",
      path: database.path)
  }
}
