import Copying
import EventLoop
import PegasusClient
import PegasusProtocol

/// Makes the rows of one user after another and writes them into a table.
@LoopActor
final class GenerateRun {
  private let generator: RowGenerator
  private let total: Int
  private let loader: RowLoader
  private let clock = ExpiryClock()
  private let gate: Gate
  /// Users begun, that is hash keys.
  private(set) var users = 0
  /// Rows made that have a time to live.
  private(set) var expiring = 0

  /// Rows handed over together.
  private static let pageSize = 1000

  /// - Parameter gate: no row is written while it is closed
  init(table: Table, generator: RowGenerator, total: Int, gate: Gate = Gate()) {
    self.gate = gate
    self.generator = generator
    self.total = total
    loader = RowLoader(table: table)
  }

  /// Rows acknowledged so far.
  var written: Int64 { loader.counts.copied }

  /// - Throws: `ClientError` when a row was not written: the run stops there
  func run() async throws {
    var page = PageBuilder()
    var made = 0
    while made < total {
      let hashKey = generator.hashKey(user: users)
      for row in generator.rows(user: users).prefix(total - made) {
        let expiry = row.ttl.map { TTLEpoch.expiry(ttl: Int64($0), unixNow: clock.unixNow) } ?? 0
        if expiry != 0 { expiring += 1 }
        page.add(try rowKey(hashKey, row.sortKey), value: row.value, expireTimestamp: expiry)
        made += 1
      }
      users += 1
      if page.count >= Self.pageSize {
        try await gate.pass()
        try await loader.write(page.take())
      }
    }
    if page.count > 0 { try await loader.write(page.take()) }
    _ = try await loader.finish()
  }
}
