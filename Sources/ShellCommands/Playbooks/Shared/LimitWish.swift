import JSON

/// A limit that all servers of one side of a migration shall keep while it lasts.
struct LimitWish: Sendable, Equatable {
  enum Side: String, Sendable {
    case source, target
  }

  var side: Side
  /// As 'rate_limit' calls it: "upload".
  var limit: String
  /// As typed: a whole number.
  var value: String

  init(_ side: Side, _ limit: String, _ value: String) {
    self.side = side
    self.limit = limit
    self.value = value
  }

  var json: JSONValue {
    .object(["side": .string(side.rawValue), "limit": .string(limit), "value": .string(value)])
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue) throws(ShellError) {
    let fields = PlanFields(json)
    guard let side = Side(rawValue: try fields.text("side")) else {
      throw ShellError("the plan of the job limits a side that is not known", status: .refused)
    }
    self.side = side
    limit = try fields.text("limit")
    value = try fields.text("value")
  }
}
