/// What SQLite answered to one statement.
struct SQLError: Error, Equatable, Sendable {
  /// The beginning of the statement, or what was being done.
  var statement: String
  /// SQLite's extended result code.
  var code: Int32
  /// SQLite's own words.
  var message: String

  /// The code without its details.
  var primaryCode: Int32 { code & 0xff }
}
