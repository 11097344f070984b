internal import JSON
internal import PegasusProtocol
internal import StorageEngine

extension CompactionRules {
  /// The environment `user_specified_compaction` (2.3–2.6): nil when the text cannot be followed, as a whole.
  init?(environment text: String) {
    guard let value = try? JSONParser.parse(text.utf8) else { return nil }
    let operations = value["ops"]?.elements ?? []
    let rules = operations.compactMap { Self.rule($0) }
    guard !rules.isEmpty, rules.count == operations.count else { return nil }
    self.init(rules: rules)
  }

  private static func rule(_ operation: JSONValue) -> Rule? {
    let written = operation["rules"]?.elements ?? []
    let conditions = written.compactMap { condition($0) }
    guard !conditions.isEmpty, conditions.count == written.count else { return nil }
    switch operation["type"]?.text {
    case "COT_DELETE": return Rule(action: .delete, conditions: conditions)
    case "COT_UPDATE_TTL":
      guard let parameters = parameters(of: operation), let seconds = number(parameters["value"]) else { return nil }
      let action: Action? =
        switch parameters["type"]?.text {
        case "UTOT_FROM_NOW": .expireFromNow(seconds)
        case "UTOT_FROM_CURRENT": .prolong(seconds)
        // In unix time; what is before 2016 has expired.
        case "UTOT_TIMESTAMP": .expireAt(UInt32(clamping: max(Int64(seconds) - TTLEpoch.unix, 1)))
        default: nil
        }
      return action.map { Rule(action: $0, conditions: conditions) }
    default: return nil
    }
  }

  private static func condition(_ rule: JSONValue) -> Condition? {
    guard let parameters = parameters(of: rule) else { return nil }
    switch rule["type"]?.text {
    case "FRT_HASHKEY_PATTERN": return pattern(parameters).map { .hashKey($0) }
    case "FRT_SORTKEY_PATTERN": return pattern(parameters).map { .sortKey($0) }
    case "FRT_TTL_RANGE":
      guard let start = number(parameters["start_ttl"]), let stop = number(parameters["stop_ttl"]) else { return nil }
      return .secondsLeft(start: start, stop: stop)
    default: return nil
    }
  }

  private static func pattern(_ parameters: JSONValue) -> Pattern? {
    guard let text = parameters["pattern"]?.text else { return nil }
    let place: Pattern.Place? =
      switch parameters["match_type"]?.text {
      case "SMT_MATCH_ANYWHERE": .anywhere
      case "SMT_MATCH_PREFIX": .prefix
      case "SMT_MATCH_POSTFIX": .postfix
      default: nil
      }
    return place.map { Pattern(text: Array(text.utf8), place: $0) }
  }

  /// Parameters are JSON within a text.
  private static func parameters(of value: JSONValue) -> JSONValue? {
    value["params"]?.text.flatMap { try? JSONParser.parse($0.utf8) }
  }

  private static func number(_ value: JSONValue?) -> UInt32? {
    guard case .integer(let number)? = value else { return nil }
    return UInt32(exactly: number)
  }
}
