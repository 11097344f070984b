/// Which of the source's variables the new table gets. A backup holds none of them.
struct CarriedEnvironment: Sendable, Equatable {
  struct Pair: Sendable, Equatable {
    var key: String
    var value: String
  }

  /// One that is left behind.
  struct Left: Sendable, Equatable {
    var key: String
    var value: String
    var reason: String
  }

  /// By name.
  let pairs: [Pair]
  let left: [Left]

  /// - Parameter excluded: keys that the migration itself sets, or resets at its end
  init(_ environment: [String: String], excluding excluded: Set<String> = []) {
    var pairs: [Pair] = []
    var left: [Left] = []
    for (key, value) in environment.sorted(by: { $0.key < $1.key }) where !excluded.contains(key) {
      if let reason = Self.reason(key, value) {
        left.append(Left(key: key, value: value, reason: reason))
      } else {
        pairs.append(Pair(key: key, value: value))
      }
    }
    self.pairs = pairs
    self.left = left
  }

  /// Why a variable stays behind; nil: it does not.
  private static func reason(_ key: String, _ value: String) -> String? {
    if key.hasPrefix("restore.") { return "it tells how the source itself was restored" }
    if key.hasPrefix("duplication.") { return "it belongs to the source's duplication" }
    if key.hasPrefix("manual_compact.once.") { return "it asks for one compaction, of the source" }
    if key == NewTable.scenarioKey, value == "bulk_load" { return "it is for a load, and files would pile up" }
    if key.hasPrefix("replica.deny_client_") { return "the new table would refuse its clients" }
    return nil
  }
}
