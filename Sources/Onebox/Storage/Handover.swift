internal import Glibc
internal import StorageEngine
internal import Synchronization

/// Databases on their way to another thread, where the last references to them go: closing one blocks.
final class Handover: Sendable {
  private let databases: Mutex<[Database]>

  init(_ databases: [Database]) { self.databases = Mutex(databases) }

  /// How long a flush or a change of options that is under way on another thread is waited for.
  private static let patience = Duration.seconds(60)

  /// Closes them when nobody else holds them any more, so that they can be opened again at once. `flushes` writes what is
  /// in memory to files first; a failure of that is no loss, since the log has it.
  func drop(flushes: Bool) {
    var taken = databases.withLock { held in
      defer { held = [] }
      return held
    }
    if flushes { for database in taken { try? database.flush() } }
    let end = ContinuousClock.now + Self.patience
    for index in taken.indices {
      while !isKnownUniquelyReferenced(&taken[index]), ContinuousClock.now < end { usleep(1000) }
    }
  }
}
