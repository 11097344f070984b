import TestSupport
import Testing

@testable import Jobs

@Suite struct ConnectionTests {
  private func table() throws -> Connection {
    let connection = try Connection(path: ":memory:")
    try connection.script("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, s TEXT)")
    return connection
  }

  @Test func bytesAndTextsComeBackAsTheyWere() throws {
    let connection = try table()
    let blobs: [[UInt8]?] = [nil, [], [0], [0xFF, 0, 0x80], Array(repeating: 7, count: 100_000)]
    let texts: [String?] = [nil, "", "a\0b", "naïve 表", "'; DROP TABLE t; --"]
    for (index, blob) in blobs.enumerated() {
      try connection.run("INSERT INTO t (b, s) VALUES (?, ?)", SQLValue(blob), SQLValue(texts[index]))
    }
    #expect(try connection.rows("SELECT b FROM t ORDER BY id") { $0.blob(0) } == blobs)
    #expect(try connection.rows("SELECT s FROM t ORDER BY id") { $0.text(0) } == texts)
  }

  @Test func anErrorNamesTheStatement() throws {
    let connection = try table()
    let error = #expect(throws: SQLError.self) { try connection.run("INSERT INTO\n  nowhere VALUES (1)") }
    #expect(error?.statement == "INSERT INTO nowhere VALUES (1)")
    #expect(error?.message == "no such table: nowhere")
    // Places that are not there, columns that are not there, and other types are no traps either.
    #expect(throws: SQLError.self) { try connection.run("INSERT INTO t (s) VALUES (?)", 1, 2) }
    try connection.run("INSERT INTO t (s) VALUES ('x')")
    #expect(try connection.first("SELECT s FROM t") { $0.integer(0) } == nil)
    #expect(try connection.first("SELECT s FROM t") { $0.text(5) } == nil)
  }

  @Test func aTransactionThatThrowsLeavesNothing() throws {
    let connection = try table()
    #expect(throws: SQLError.self) {
      try connection.transaction { () throws(SQLError) in
        try connection.run("INSERT INTO t (s) VALUES ('x')")
        try connection.run("INSERT INTO nowhere VALUES (1)")
      }
    }
    #expect(try connection.number("SELECT count(*) FROM t") == 0)
    try connection.transaction { () throws(SQLError) in _ = try connection.run("INSERT INTO t (s) VALUES ('x')") }
    #expect(try connection.number("SELECT count(*) FROM t") == 1)
  }

  @Test func aFileThatIsNotThereIsAnError() {
    #expect(throws: SQLError.self) { try Connection(path: "/nowhere/at/all") }
  }
}
