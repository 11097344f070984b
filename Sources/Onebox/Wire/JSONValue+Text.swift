internal import JSON

extension JSONValue {
  /// An object of pairs that were made one by one.
  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { JSONMember($0.0, $0.1) })
  }

  /// Without blanks.
  var compact: String { text(indent: nil) }

  /// One member a line, indented by two blanks.
  var indented: String { text(indent: 2) }
}
