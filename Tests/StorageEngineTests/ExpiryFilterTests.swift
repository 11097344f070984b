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
}
