import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport

@testable import ShellCommands

/// An application whose tasks write every change to two tables, and that knows what it has written last. Of the rows that
/// were there before it touches every other one; it makes new ones, too.
@LoopActor
final class DualWriter {
  /// What became of a row in the end.
  private enum Last {
    case value([UInt8], expiry: UInt32)
    case deleted
  }

  /// Rows that the old table had before.
  static let oldRows = 2000
  private static let newRows = 400
  private static let writers = 4

  private let tables: [Table]
  private var last: [Int: Last] = [:]
  private var tasks: [Task<Void, any Error>] = []
  private var isEnding = false
  /// Changes that both tables have taken.
  private(set) var writes = 0

  init(_ source: Table, _ target: Table) { tables = [source, target] }

  static func key(_ row: Int) throws -> PegasusKey {
    try PegasusKey(hashKey: Array("key\(row % 500)".utf8), sortKey: Array("row\(row)".utf8))
  }

  /// What an old row was; every fifth one lives for a day.
  static func old(_ row: Int) -> [UInt8] { Array("old\(row)".utf8) }

  /// Fills the old table.
  static func fill(_ table: Table) async throws {
    let tomorrow = TimeToLive.seconds(86_400).expireTimestamp
    _ = try await mapConcurrently(Array(0..<oldRows), limit: 64) { row in
      _ = try await table.set(key(row), value: old(row), ttl: row % 5 == 0 ? .expiry(tomorrow) : .none)
    }
  }

  // MARK: Writing

  func start() {
    for number in 0..<Self.writers {
      tasks.append(Task { @LoopActor in try await self.work(number) })
    }
  }

  /// Ends it; returns when nothing is on its way any more.
  func stop() async throws {
    isEnding = true
    for task in tasks { try await task.value }
  }

  /// Each row has one writer, so that both tables see its changes in the same order.
  private func work(_ number: Int) async throws {
    var random = SplitMix(state: UInt64(number + 1))
    while !isEnding {
      let row = Int(random.next() % UInt64((Self.oldRows + Self.newRows) / (2 * Self.writers))) * 2 * Self.writers
      try await change(row + 2 * number, &random)
      try await loopSleep(.microseconds(200))
    }
  }

  private func change(_ row: Int, _ random: inout SplitMix) async throws {
    let key = try Self.key(row)
    switch random.next() % 10 {
    case 0...2:
      last[row] = .deleted
      try await both { _ = try await $0.delete(key) }
    case 3:
      // Soon over: what is below it must not come back then.
      try await set(row, key, &random, .seconds(1))
    case 4: try await set(row, key, &random, .seconds(86_400))
    default: try await set(row, key, &random, .none)
    }
    writes += 1
  }

  private func set(_ row: Int, _ key: PegasusKey, _ random: inout SplitMix, _ ttl: TimeToLive) async throws {
    let value = Array("new\(random.next())".utf8)
    let expiry = ttl.expireTimestamp
    last[row] = .value(value, expiry: expiry)
    try await both { _ = try await $0.set(key, value: value, ttl: expiry == 0 ? .none : .expiry(expiry)) }
  }

  /// An application tries again until it has an answer: a partition that takes files in refuses writes.
  private func both(_ write: @LoopActor (Table) async throws -> Void) async throws {
    for table in tables {
      while true {
        do {
          try await write(table)
          break
        } catch is ClientError {
          try await loopSleep(.milliseconds(5))
        }
      }
    }
  }

  // MARK: Looking

  /// The rows of a table that are not what they should be; waits until what is soon over is over.
  func wrong(in table: Table) async throws -> [String] {
    let soon = last.values.compactMap { change -> UInt32? in
      if case .value(_, let expiry) = change, expiry > 0, expiry < Self.now + 1000 { return expiry }
      return nil
    }.max()
    if let soon { try await eventually("the last rows have expired") { Self.now > soon } }
    let rows = Array(0..<Self.oldRows + Self.newRows)
    return try await mapConcurrently(rows, limit: 64) { row in
      let found = try await table.get(Self.key(row)).value
      let wanted = self.wanted(row)
      return found == wanted
        ? nil : "row \(row): \(Self.text(found)) instead of \(Self.text(wanted))"
    }.compactMap { $0 }
  }

  private func wanted(_ row: Int) -> [UInt8]? {
    switch last[row] {
    case .deleted: nil
    case .value(let value, let expiry): expiry > 0 && expiry <= Self.now ? nil : value
    case nil: row < Self.oldRows ? Self.old(row) : nil
    }
  }

  private static var now: UInt32 { TimeToLive.seconds(1).expireTimestamp - 1 }
  private static func text(_ value: [UInt8]?) -> String { value.map { String(decoding: $0, as: UTF8.self) } ?? "none" }
}
