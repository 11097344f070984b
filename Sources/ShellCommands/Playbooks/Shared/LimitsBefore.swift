import EventLoop
import JSON
import PegasusClient
import RPC

/// What limits were before a migration changed them, server by server: as the journal keeps it.
struct LimitsBefore: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var side: LimitWish.Side
    /// As 'rate_limit' calls it.
    var limit: String
    /// "host:port".
    var server: String
    /// As read.
    var value: String
  }

  private(set) var entries: [Entry] = []

  init() {}

  /// - Parameter json: anything else than what `json` wrote counts as nothing
  init(_ json: JSONValue) {
    entries = (json["old"]?.elements ?? []).compactMap { entry in
      guard let side = entry["side"]?.text.flatMap({ LimitWish.Side(rawValue: $0) }), let limit = entry["limit"]?.text,
        let server = entry["server"]?.text, let value = entry["value"]?.text
      else { return nil }
      return Entry(side: side, limit: limit, server: server, value: value)
    }
  }

  var json: JSONValue {
    .object([
      "old": .array(
        entries.map {
          .object([
            "side": .string($0.side.rawValue), "limit": .string($0.limit), "server": .string($0.server),
            "value": .string($0.value),
          ])
        })
    ])
  }

  /// Whether the value is known that a server had before; a later look finds what the migration has set.
  func knows(_ wish: LimitWish, _ server: String) -> Bool {
    entries.contains { $0.side == wish.side && $0.limit == wish.limit && $0.server == server }
  }

  mutating func add(_ wish: LimitWish, _ server: String, value: String) {
    entries.append(Entry(side: wish.side, limit: wish.limit, server: server, value: value))
  }
}
