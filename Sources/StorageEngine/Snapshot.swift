internal import CRocksDB

/// The state of a database at one moment; iterators made with it see nothing newer.
///
/// `@unchecked Sendable`: an immutable pointer to an object that RocksDB only reads.
package final class Snapshot: @unchecked Sendable {
  let raw: OpaquePointer?
  private let database: Database

  package init(of database: Database) {
    self.database = database
    self.raw = rocksdb_create_snapshot(database.handle)
  }

  deinit { rocksdb_release_snapshot(database.handle, raw) }
}
