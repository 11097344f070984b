import JSON

/// How far the asking for a backup has come, as the journal keeps it: a backup is never asked for twice, and an undo knows
/// which ones to remove.
struct BackupBegun: Sendable, Equatable {
  /// Was asked for, perhaps without an answer.
  var isAsked = false
  /// The one that is waited for; nil: it is not known, or it has failed.
  var id: Int64?
  /// All that were begun here, failed ones too.
  var made: [Int64] = []
  /// Those that another run must not take for its own: they were there before, or have failed.
  var known: [Int64] = []

  init() {}

  /// - Parameter json: nothing: nothing was asked for
  init(_ json: JSONValue) {
    isAsked = json["asked"] == true
    id = json["backup_id"]?.whole
    made = json["made"]?.elements.compactMap(\.whole) ?? []
    known = json["known"]?.elements.compactMap(\.whole) ?? []
  }

  var json: JSONValue {
    .object([
      "asked": .bool(isAsked), "backup_id": id.map { .integer($0) } ?? .null,
      "made": .array(made.map { .integer($0) }), "known": .array(known.map { .integer($0) }),
    ])
  }

  /// It has begun.
  mutating func begin(_ id: Int64) {
    self.id = id
    if !made.contains(id) { made.append(id) }
  }

  /// It is of no use: another run makes a new one.
  mutating func fail() {
    if let id { known.append(id) }
    id = nil
    isAsked = false
  }
}
