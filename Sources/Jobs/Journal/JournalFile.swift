import CSQLite
import EventLoop
import Glibc

/// Opens the journal's file: made with the right modes, checked, and brought to the newest format. Blocks.
struct JournalFile: Sendable {
  /// nil: in memory only.
  var directory: String?

  /// For messages, too.
  var path: String { directory.map { "\($0)/journal.sqlite" } ?? "in memory" }

  /// True also when it cannot be told: to open it says why.
  var exists: Bool { directory == nil || access(path, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR }

  /// Which file stands at the path now; nil: none.
  var identity: FileIdentity? {
    var status = stat()
    return stat(path, &status) == 0 ? FileIdentity(device: status.st_dev, number: status.st_ino) : nil
  }

  /// A file, whatever its name.
  struct FileIdentity: Sendable, Equatable {
    var device: dev_t
    var number: ino_t
  }

  func open() throws(JournalError) -> Connection {
    if let directory {
      try make(directory: directory)
      try makeFile()
    }
    let connection = try attempt("open") { () throws(SQLError) in
      try Connection(path: directory == nil ? ":memory:" : path)
    }
    try check(connection)
    try attempt("open") { () throws(SQLError) in try prepare(connection) }
    return connection
  }

  /// Says of SQLite's errors where they happened and what to do.
  func attempt<T>(_ operation: String, _ body: () throws(SQLError) -> T) throws(JournalError) -> T {
    do throws(SQLError) {
      return try body()
    } catch {
      throw journalError(error, while: operation)
    }
  }

  // MARK: Files

  /// Makes the directory and those above it that are missing; nobody else may look into it.
  private func make(directory: String) throws(JournalError) {
    var path = directory.hasPrefix("/") ? "" : "."
    for name in directory.split(separator: "/") {
      path += "/\(name)"
      if mkdir(path, 0o700) == 0 { continue }
      let code = errno
      // One that is there may stand where we could not make it.
      guard code != EEXIST, access(path, F_OK) != 0 else { continue }
      throw fileError(code, "make the directory \(path)")
    }
    chmod(directory, 0o700)
  }

  /// SQLite gives the files next to it the mode of the first one.
  private func makeFile() throws(JournalError) {
    // Only one that is new is opened here: to close a file that SQLite has open would end its locks.
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      fchmod(descriptor, 0o600)
      close(descriptor)
      return
    }
    let code = errno
    guard code == EEXIST else { throw fileError(code, "make the file") }
    for suffix in ["", "-wal", "-shm"] { chmod(path + suffix, 0o600) }
    if access(path, R_OK | W_OK) != 0 { throw fileError(errno, "open") }
  }

  private func fileError(_ code: Int32, _ operation: String) -> JournalError {
    JournalError(
      code == ENOSPC || code == EDQUOT ? .full : .unwritable, path: path, while: operation,
      detail: SocketError.text(of: code))
  }

  // MARK: Contents

  /// Refuses what is not ours, is damaged, or was written by a newer shell; changes nothing.
  private func check(_ connection: Connection) throws(JournalError) {
    // Another process may be making it at this moment.
    let (application, version, tables, verdict) = try attempt("open") { () throws(SQLError) in
      try connection.snapshot { () throws(SQLError) in
        (
          try connection.number("PRAGMA application_id"), try connection.number("PRAGMA user_version"),
          try connection.number("SELECT count(*) FROM sqlite_master"),
          try connection.first("PRAGMA quick_check(1)") { $0.text(0) } ?? "no answer"
        )
      }
    }
    if application != JournalSchema.applicationID, application != 0 || version != 0 || tables != 0 {
      throw JournalError(
        .foreign, path: path, while: "keep jobs", detail: "the file is a database of another program")
    }
    if version > JournalSchema.newest {
      throw JournalError(
        .tooNew(version), path: path, while: "keep jobs",
        detail: "a newer shell wrote it, in format \(version); this one knows formats up to \(JournalSchema.newest)")
    }
    if verdict != "ok" {
      let words = verdict.split(whereSeparator: \.isNewline).joined(separator: " ")
      throw JournalError(.damaged, path: path, while: "open", detail: "it is damaged: \(words)")
    }
  }

  private func prepare(_ connection: Connection) throws(SQLError) {
    if directory != nil { try becomeWAL(connection) }
    try connection.script("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    guard try connection.number("PRAGMA user_version") < JournalSchema.newest else { return }
    try connection.transaction { () throws(SQLError) in
      // Another process may have done it since we looked.
      let version = try connection.number("PRAGMA user_version")
      guard version >= 0, version < JournalSchema.newest else { return }
      for script in JournalSchema.migrations[Int(version)...] { try connection.script(script) }
      try connection.script("PRAGMA application_id = \(JournalSchema.applicationID)")
      try connection.script("PRAGMA user_version = \(JournalSchema.newest)")
    }
  }

  /// Needs the file for itself for a moment, and SQLite does not wait for that.
  private func becomeWAL(_ connection: Connection) throws(SQLError) {
    for attempt in 1... {
      do throws(SQLError) {
        return try connection.script("PRAGMA journal_mode = WAL")
      } catch {
        guard error.primaryCode == SQLITE_BUSY, attempt < 500 else { throw error }
        usleep(10_000)
      }
    }
  }

  private func journalError(_ error: SQLError, while operation: String) -> JournalError {
    let kind: JournalError.Kind =
      switch error.primaryCode {
      case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
      case SQLITE_FULL: .full
      case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: .unwritable
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      default: .failed
      }
    return JournalError(kind, path: path, while: operation, detail: "\(error.message) (at: \(error.statement))")
  }
}
