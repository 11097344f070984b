import CSQLite

/// A connection to one SQLite database. Its calls block.
///
/// Sendable: whoever has one (`Journal`) uses it from one thread at a time.
final class Connection: @unchecked Sendable {
  private let handle: OpaquePointer
  private var isClosed = false
  /// Prepared once, by their text: all of it is in this room.
  private var statements: [String: OpaquePointer] = [:]

  /// - Parameter path: of a file that exists; ":memory:" for none
  /// - Parameter busyTimeout: how long a statement waits for another process, in milliseconds
  init(path: String, busyTimeout: Int32 = 5000) throws(SQLError) {
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard code == SQLITE_OK, let opened else {
      let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(opened)
      throw SQLError(statement: "open", code: code, message: message)
    }
    handle = opened
    sqlite3_busy_timeout(opened, busyTimeout)
  }

  deinit { close() }

  /// At once, rather than when the last reference goes. Statements fail afterwards.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    for statement in statements.values { sqlite3_finalize(statement) }
    statements = [:]
    sqlite3_close_v2(handle)
  }

  // MARK: Statements

  /// Runs statements that answer nothing and have no places to fill.
  func script(_ sql: String) throws(SQLError) {
    try checkOpen(sql)
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, in: sql) }
  }

  /// Runs one statement; answers how many rows it changed.
  @discardableResult
  func run(_ sql: String, _ values: SQLValue...) throws(SQLError) -> Int {
    try query(sql, values) { (_) throws(SQLError) in }
    return Int(sqlite3_changes(handle))
  }

  /// Reads all rows that a statement answers.
  func rows<T>(_ sql: String, _ values: SQLValue..., read: (SQLRow) -> T) throws(SQLError) -> [T] {
    var all: [T] = []
    try query(sql, values) { (row) throws(SQLError) in all.append(read(row)) }
    return all
  }

  /// The first row that a statement answers.
  func first<T>(_ sql: String, _ values: SQLValue..., read: (SQLRow) -> T?) throws(SQLError) -> T? {
    var found: T?
    try query(sql, values) { (row) throws(SQLError) in
      if found == nil { found = read(row) }
    }
    return found
  }

  /// The number that a pragma or a count answers; 0 when none.
  func number(_ sql: String) throws(SQLError) -> Int64 { try first(sql) { $0.integer(0) } ?? 0 }

  /// The rowid of the last row inserted.
  var lastRowID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// All of `body`'s changes or none; the write lock is taken before it begins, so that it never has to be run again.
  func transaction<T>(_ body: () throws(SQLError) -> T) throws(SQLError) -> T { try between("BEGIN IMMEDIATE", body) }

  /// What `body` reads is as it was at one moment.
  func snapshot<T>(_ body: () throws(SQLError) -> T) throws(SQLError) -> T { try between("BEGIN", body) }

  private func between<T>(_ begin: String, _ body: () throws(SQLError) -> T) throws(SQLError) -> T {
    try script(begin)
    do throws(SQLError) {
      let value = try body()
      try script("COMMIT")
      return value
    } catch {
      // A full disk may have rolled it back already.
      if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  private func query(
    _ sql: String, _ values: [SQLValue], _ body: (SQLRow) throws(SQLError) -> Void
  ) throws(SQLError) {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in values.enumerated() {
      let code = bind(value, to: statement, at: Int32(index + 1))
      if code != SQLITE_OK { throw error(code, in: sql) }
    }
    while true {
      let code = sqlite3_step(statement)
      if code == SQLITE_DONE { return }
      guard code == SQLITE_ROW else { throw error(code, in: sql) }
      try body(SQLRow(statement: statement))
    }
  }

  private func prepared(_ sql: String) throws(SQLError) -> OpaquePointer {
    if let known = statements[sql] { return known }
    try checkOpen(sql)
    var made: OpaquePointer?
    let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
    guard code == SQLITE_OK, let made else { throw error(code, in: sql) }
    statements[sql] = made
    return made
  }

  private func checkOpen(_ sql: String) throws(SQLError) {
    if isClosed { throw SQLError(statement: sql, code: SQLITE_MISUSE, message: "the connection was closed") }
  }

  private func bind(_ value: SQLValue, to statement: OpaquePointer, at place: Int32) -> Int32 {
    switch value {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let number): sqlite3_bind_int64(statement, place, number)
    case .text(let text):
      text.withCString { csqlite_bind_text(statement, place, $0, Int32(clamping: text.utf8.count)) }
    // Without bytes there is no address, and SQLite would take it for NULL.
    case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, place, 0)
    case .blob(let bytes):
      bytes.withUnsafeBytes { csqlite_bind_blob(statement, place, $0.baseAddress, Int32(clamping: $0.count)) }
    }
  }

  private func error(_ code: Int32, in sql: String) -> SQLError {
    let words = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return SQLError(
      statement: words.count > 60 ? words.prefix(60) + "…" : words, code: code,
      message: String(cString: sqlite3_errmsg(handle)))
  }
}
