package import JSON

extension JobOutcome {
  /// As event files and the journal have it.
  package var json: JSONValue {
    .object([
      "complete": .bool(isComplete), "status": .integer(Int64(status)), "headline": .string(headline),
      "lines": .strings(lines), "advice": .string(advice), "result": result,
    ])
  }

  /// nil when it is no outcome.
  package init?(json: JSONValue) {
    guard case .bool(let isComplete)? = json["complete"], let headline = json["headline"]?.text else { return nil }
    self.init(
      isComplete: isComplete, status: Int32(clamping: json["status"]?.whole ?? 0), headline: headline,
      lines: json["lines"]?.elements.compactMap(\.text) ?? [], advice: json["advice"]?.text ?? "",
      result: json["result"] ?? .object([:]))
  }
}
