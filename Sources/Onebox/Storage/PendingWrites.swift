internal import Bytes
internal import StorageEngine

/// Changes to one partition that wait to be written together.
struct PendingWrites: ~Copyable {
  private var batch: WriteBatch
  private var scratch = ByteBuffer(capacity: 4096)
  private let version: DataVersion
  private let meta: ColumnFamily
  private let decreeKey = Array(OpenedPartition.lastFlushedDecreeKey.utf8)

  /// Values up to this are joined with their header first; larger ones go to the batch in two parts.
  private static let joinedLimit = 4096

  init(for opened: OpenedPartition) {
    self.batch = WriteBatch(for: opened.database)
    self.version = opened.version
    self.meta = opened.meta
  }

  mutating func put(_ key: RawSpan, _ value: RawSpan, expiry: UInt32, timeTag: UInt64) {
    scratch.removeAll()
    scratch.append(bigEndian: expiry)
    if version == .one { scratch.append(bigEndian: timeTag) }
    if value.byteCount <= Self.joinedLimit {
      scratch.append(value)
      Self.put(key, scratch, in: &batch)
    } else {
      Self.put(key, header: scratch, value, in: &batch)
    }
  }

  mutating func remove(_ key: RawSpan) { batch.delete(key) }

  /// Writes all in one step, with the decree it reaches to. Whatever happens, nothing is left afterwards.
  mutating func commit(to database: Database, decree: Int64, sync: Bool) throws(StorageError) {
    scratch.removeAll()
    scratch.append(utf8: String(decree))
    let key = decreeKey
    Self.put(key.span.bytes, scratch, family: meta, in: &batch)
    defer { batch.clear() }
    try database.write(batch, sync: sync)
  }

  // Batch and buffer are passed apart, so that the one can be written while the other is read.

  private static func put(_ key: RawSpan, _ value: borrowing ByteBuffer, in batch: inout WriteBatch) {
    batch.put(key, value.bytes)
  }

  private static func put(
    _ key: RawSpan, header: borrowing ByteBuffer, _ value: RawSpan, in batch: inout WriteBatch
  ) {
    batch.put(key, header: header.bytes, value)
  }

  private static func put(
    _ key: RawSpan, _ value: borrowing ByteBuffer, family: ColumnFamily, in batch: inout WriteBatch
  ) {
    batch.put(key, value.bytes, in: family)
  }
}
