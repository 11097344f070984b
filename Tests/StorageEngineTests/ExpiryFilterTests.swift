import StorageEngine
import TestSupport
import Testing

@Suite struct ExpiryFilterTests {
  let scratch = TemporaryDirectory("storage")

  private func value(expiry: UInt32, _ text: String) -> [UInt8] {
    withUnsafeBytes(of: expiry.bigEndian) { Array($0) } + [UInt8](repeating: 0, count: 8) + bytes(text)
  }

  private func open(_ filter: ExpiryFilter) throws -> Database {
    var options = DatabaseOptions()
    options.expiryFilter = filter
    return try Database(path: scratch.file("db"), families: ["pegasus_meta_cf"], options: options)
  }

  @Test func compactionDropsExpiredRows() throws {
    let filter = ExpiryFilter(clock: { 1000 })
    let database = try open(filter)
    try database.put(bytes("\0\u{1}ha").span.bytes, value(expiry: 0, "stays").span.bytes)
    try database.put(bytes("\0\u{1}hb").span.bytes, value(expiry: 1001, "stays").span.bytes)
    try database.put(bytes("\0\u{1}hc").span.bytes, value(expiry: 1000, "goes").span.bytes)
    try database.put(bytes("").span.bytes, value(expiry: 1, "marker").span.bytes)
    try database.put(bytes("\0\u{1}hd").span.bytes, bytes("ab").span.bytes)
    try database.put(bytes("kk").span.bytes, value(expiry: 1, "").span.bytes, in: ColumnFamily(index: 1))
    try database.compact()
    try database.compact(ColumnFamily(index: 1))
    #expect(try database.keys() == ["", "\0\u{1}ha", "\0\u{1}hb", "\0\u{1}hd"])
    #expect(filter.dropped == 1)
    #expect(try database.text("kk", in: ColumnFamily(index: 1)) != nil)
  }

  @Test func compactionGivesTheDefaultTTL() throws {
    let filter = ExpiryFilter(clock: { 1000 })
    let database = try open(filter)
    let key = bytes("\0\u{1}h")
    try database.put(key.span.bytes, value(expiry: 0, "text").span.bytes)
    filter.defaultTTL = 50
    try database.compact()
    var stored: [UInt8] = []
    if let pinned = try database.get(key.span.bytes) { stored = pinned.bytes.withUnsafeBytes { Array($0) } }
    #expect(stored == value(expiry: 1050, "text"))
  }

  private func key(_ hashKey: String, _ sortKey: String) -> [UInt8] {
    [0, UInt8(hashKey.utf8.count)] + bytes(hashKey + sortKey)
  }

  private func stored(_ key: [UInt8], _ database: Database) throws -> [UInt8]? {
    guard let pinned = try database.get(key.span.bytes) else { return nil }
    return pinned.bytes.withUnsafeBytes { Array($0) }
  }

  @Test func rulesOfAnOperatorAreFollowed() throws {
    let filter = ExpiryFilter(clock: { 1000 })
    let database = try open(filter)
    typealias Rule = CompactionRules.Rule
    filter.rules = CompactionRules(rules: [
      Rule(
        action: .delete,
        conditions: [
          .hashKey(.init(text: bytes("log"), place: .prefix)), .sortKey(.init(text: bytes("x"), place: .postfix)),
        ]),
      Rule(action: .delete, conditions: [.secondsLeft(start: 10, stop: 20)]),
      Rule(action: .expireFromNow(100), conditions: [.hashKey(.init(text: bytes("user"), place: .anywhere))]),
      Rule(action: .prolong(5), conditions: [.sortKey(.init(text: bytes("more"), place: .prefix))]),
      Rule(action: .expireAt(900), conditions: [.sortKey(.init(text: bytes("old"), place: .prefix))]),
      // Without a condition nothing is meant.
      Rule(action: .delete, conditions: []),
    ])
    func put(_ hashKey: String, _ sortKey: String, _ expiry: UInt32) throws {
      try database.put(key(hashKey, sortKey).span.bytes, value(expiry: expiry, "v").span.bytes)
    }
    try put("log1", "a.x", 0)
    try put("log1", "a.y", 0)
    try put("soon", "a", 1015)
    try put("later", "a", 1021)
    try put("a user", "b", 0)
    try put("h", "more", 2000)
    try put("h", "more for ever", 0)
    try put("h", "old", 0)
    try database.compact()
    #expect(try stored(key("log1", "a.x"), database) == nil && stored(key("soon", "a"), database) == nil)
    #expect(try stored(key("log1", "a.y"), database) == value(expiry: 0, "v"))
    #expect(try stored(key("later", "a"), database) == value(expiry: 1021, "v"))
    #expect(try stored(key("a user", "b"), database) == value(expiry: 1100, "v"))
    #expect(try stored(key("h", "more"), database) == value(expiry: 2005, "v"))
    #expect(try stored(key("h", "more for ever"), database) == value(expiry: 0, "v"))
    #expect(try stored(key("h", "old"), database) == nil)
  }
}
