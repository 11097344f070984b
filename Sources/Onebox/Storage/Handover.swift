internal import StorageEngine
internal import Synchronization

/// Databases on their way to another thread, where the last references to them go: closing one blocks.
final class Handover: Sendable {
  private let databases: Mutex<[Database]>

  init(_ databases: [Database]) { self.databases = Mutex(databases) }

  /// Closes them, unless somebody else still holds one. `flushes` writes what is in memory to files first; a failure of
  /// that is no loss, since the log has it.
  func drop(flushes: Bool) {
    let taken = databases.withLock { held in
      defer { held = [] }
      return held
    }
    if flushes { for database in taken { try? database.flush() } }
    withExtendedLifetime(taken) {}
  }
}
