internal import CRocksDB

/// Changes collected to be written in one step; reusable after `clear()`, which keeps its memory.
package struct WriteBatch: ~Copyable {
  let raw: OpaquePointer?
  private let database: Database

  /// A batch for `database`: families are looked up there.
  package init(for database: Database) {
    self.database = database
    self.raw = rocksdb_writebatch_create()
  }

  /// How many changes are in it.
  package var count: Int { Int(rocksdb_writebatch_count(raw)) }
  package var isEmpty: Bool { count == 0 }

  /// Bytes that the batch takes in the log.
  package var byteCount: Int {
    var size = 0
    _ = rocksdb_writebatch_data(raw, &size)
    return size
  }

  package mutating func put(_ key: RawSpan, _ value: RawSpan) {
    key.withChars { keyChars, keyCount in
      value.withChars { rocksdb_writebatch_put(raw, keyChars, keyCount, $0, $1) }
    }
  }

  package mutating func put(_ key: RawSpan, _ value: RawSpan, in family: ColumnFamily) {
    key.withChars { keyChars, keyCount in
      value.withChars { rocksdb_writebatch_put_cf(raw, database.pointer(family), keyChars, keyCount, $0, $1) }
    }
  }

  /// Puts `header` followed by `value` as one value, without joining them first.
  package mutating func put(_ key: RawSpan, header: RawSpan, _ value: RawSpan) {
    key.withChars { keyChars, keyCount in
      header.withChars { headerChars, headerCount in
        value.withChars { valueChars, valueCount in
          let keyPart = keyChars
          let keySize = keyCount
          let parts = (headerChars, valueChars)
          let sizes = (headerCount, valueCount)
          withUnsafePointer(to: keyPart) { keys in
            withUnsafePointer(to: keySize) { keySizes in
              withUnsafeBytes(of: parts) { parts in
                withUnsafeBytes(of: sizes) { sizes in
                  rocksdb_writebatch_putv(
                    raw, 1, keys, keySizes, 2,
                    parts.baseAddress?.assumingMemoryBound(to: UnsafePointer<CChar>?.self),
                    sizes.baseAddress?.assumingMemoryBound(to: Int.self))
                }
              }
            }
          }
        }
      }
    }
  }

  package mutating func delete(_ key: RawSpan) {
    key.withChars { rocksdb_writebatch_delete(raw, $0, $1) }
  }

  package mutating func delete(_ key: RawSpan, in family: ColumnFamily) {
    key.withChars { rocksdb_writebatch_delete_cf(raw, database.pointer(family), $0, $1) }
  }

  /// Deletes every key in [start, end).
  package mutating func delete(from start: RawSpan, to end: RawSpan) {
    start.withChars { startChars, startCount in
      end.withChars { rocksdb_writebatch_delete_range(raw, startChars, startCount, $0, $1) }
    }
  }

  package mutating func clear() { rocksdb_writebatch_clear(raw) }

  deinit { rocksdb_writebatch_destroy(raw) }
}
