internal import CRocksDB

extension Database {
  /// Changes options of one family while the database is open, by RocksDB's names (`disable_auto_compactions`, …); all of
  /// them or none. Blocks: RocksDB writes them to a file.
  package func set(
    _ options: [(name: String, value: String)], of family: ColumnFamily = .default
  ) throws(StorageError) {
    guard !options.isEmpty else { return }
    try checked("set options", path) { error in
      withCStrings(options.map(\.name)) { names in
        withCStrings(options.map(\.value)) { values in
          rocksdb_set_options_cf(handle, pointer(family), Int32(options.count), names, values, error)
        }
      }
    }
  }
}
