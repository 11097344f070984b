internal import CRocksDB

/// One data file of an open database.
package struct LiveFile: Equatable, Sendable {
  /// File name with a leading `/`, as RocksDB gives it.
  package let name: String
  package let family: String
  package let level: Int
  /// Bytes.
  package let size: UInt64
  package let entries: UInt64
  package let deletions: UInt64
}

extension Database {
  /// A property by RocksDB's name (`rocksdb.stats`, …), nil when there is none of that name.
  package func property(_ name: String, of family: ColumnFamily = .default) -> String? {
    guard let text = rocksdb_property_value_cf(handle, pointer(family), name) else { return nil }
    defer { rocksdb_free(text) }
    return String(cString: text)
  }

  /// A numeric property (`rocksdb.estimate-num-keys`, …), nil when there is none of that name.
  package func number(_ name: String, of family: ColumnFamily = .default) -> UInt64? {
    var value: UInt64 = 0
    return rocksdb_property_int_cf(handle, pointer(family), name, &value) == 0 ? value : nil
  }

  /// Bytes that the range [start, limit) takes in files, roughly.
  package func approximateSize(
    from start: [UInt8], to limit: [UInt8], in family: ColumnFamily = .default
  ) throws(StorageError) -> UInt64 {
    var size: UInt64 = 0
    try checked("approximate size", path) { error in
      start.span.bytes.withChars { startChars, startCount in
        limit.span.bytes.withChars { limitChars, limitCount in
          withUnsafePointer(to: startChars) { starts in
            withUnsafePointer(to: limitChars) { limits in
              rocksdb_approximate_sizes_cf(
                handle, pointer(family), 1, starts, [startCount], limits, [limitCount], &size, error)
            }
          }
        }
      }
    }
    return size
  }

  /// The data files in use now.
  package var liveFiles: [LiveFile] {
    guard let list = rocksdb_livefiles(handle) else { return [] }
    defer { rocksdb_livefiles_destroy(list) }
    return (0..<rocksdb_livefiles_count(list)).map { index in
      LiveFile(
        name: rocksdb_livefiles_name(list, index).map { String(cString: $0) } ?? "",
        family: rocksdb_livefiles_column_family_name(list, index).map { String(cString: $0) } ?? "",
        level: Int(rocksdb_livefiles_level(list, index)), size: UInt64(rocksdb_livefiles_size(list, index)),
        entries: rocksdb_livefiles_entries(list, index), deletions: rocksdb_livefiles_deletions(list, index))
    }
  }

  /// How many threads all databases of this process share for compactions and flushes.
  package static func setBackgroundThreads(_ count: Int32) {
    let environment = rocksdb_create_default_env()
    rocksdb_env_set_background_threads(environment, max(count, 1))
    rocksdb_env_set_high_priority_background_threads(environment, max(count, 1))
    rocksdb_env_destroy(environment)
  }
}
