import Bytes
import PegasusProtocol
import StorageEngine

/// What reading a file of a bulk load from its first to its last row has shown.
package struct FileInspection: Sendable, Equatable {
  package var rows: Int64 = 0
  /// The first key and the last one; empty when there is no row.
  package var first: [UInt8] = []
  package var last: [UInt8] = []

  /// Reads a local file as a server would take it: keys rise, rows belong to the partition, nothing is deleted in it,
  /// blocks have their checksums. Blocks.
  package static func read(_ path: String, partition: Int32, of count: Int32) throws(SplitError) -> FileInspection {
    do throws(StorageError) {
      return try rows(path, partition: partition, of: count)
    } catch {
      throw SplitError(
        .engine, error.description, advice: "Look at the disk and its logs, then go on: the file is written again.")
    }
  }

  private static func rows(
    _ path: String, partition: Int32, of count: Int32
  ) throws(StorageError) -> FileInspection {
    func damage(_ what: String) -> StorageError {
      StorageError(code: .corruption, message: "Corruption: \(what)", operation: "inspect", path: path)
    }
    var reader = try SSTReader(path: path)
    guard reader.properties.isExternal, reader.properties.deletions == 0 else { throw damage("it cannot be ingested") }
    guard reader.properties.comparator == "leveldb.BytewiseComparator" else {
      throw damage("its rows are sorted by \(reader.properties.comparator)")
    }
    var found = FileInspection()
    reader.seekToFirst()
    if reader.isValid { found.first = [UInt8](reader.key) }
    while reader.isValid {
      if let wrong = mistake(reader.key, partition, count) { throw damage("row \(found.rows + 1) \(wrong)") }
      found.rows += 1
      if found.rows == reader.properties.entries { found.last = [UInt8](reader.key) }
      reader.next()
    }
    try reader.check()
    guard found.rows == reader.properties.entries else {
      throw damage("it says to have \(reader.properties.entries) rows, and has \(found.rows)")
    }
    return found
  }

  /// What is wrong with a key; nil when nothing is.
  private static func mistake(_ key: RawSpan, _ partition: Int32, _ count: Int32) -> String? {
    // The one row without a key is the servers' marker: it stands for an empty partition.
    if key.byteCount == 0 { return nil }
    do throws(ByteError) {
      let index = PartitionHash.index(of: try KeyView(key).partitionHash, count: count)
      return index == partition ? nil : "belongs to partition \(index)"
    } catch {
      return "has no full key"
    }
  }
}
