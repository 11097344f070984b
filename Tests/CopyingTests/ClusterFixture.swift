import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import RPC
import TestSupport
import Testing

@testable import Copying

/// A cluster in this process, with a client of it.
@LoopActor
final class ClusterFixture {
  let server: OneboxServer
  let client: ClusterClient
  private let directory: TemporaryDirectory

  init(_ name: String, _ change: (inout OneboxOptions) -> Void = { _ in }) async throws {
    directory = TemporaryDirectory()
    var options = OneboxOptions(dataDirectory: directory.path)
    options.metaPort = 0
    options.replicaPorts = [0, 0, 0]
    options.clusterName = name
    change(&options)
    server = OneboxServer(options: options)
    try await server.start()
    client = ClusterClient(
      name: name, metaServers: [NodeAddress(host: "127.0.0.1", port: server.metaPort)])
  }

  func stop() async {
    client.close()
    await server.stop()
  }

  /// A new table.
  func table(_ name: String, partitions: Int32) async throws -> Table {
    _ = try await client.createTable(name, partitionCount: partitions, replicaCount: 3)
    return client.table(name)
  }
}

/// Runs a test with two clusters, and stops them whatever happens.
@LoopActor
func withClusters(
  left changeLeft: (inout OneboxOptions) -> Void = { _ in },
  right changeRight: (inout OneboxOptions) -> Void = { _ in },
  _ body: @LoopActor (ClusterFixture, ClusterFixture) async throws -> Void
) async throws {
  let left = try await ClusterFixture("left", changeLeft)
  let right = try await ClusterFixture("right", changeRight)
  do {
    try await body(left, right)
  } catch {
    await left.stop()
    await right.stop()
    throw error
  }
  await left.stop()
  await right.stop()
}

/// Waits until a copy has copied so many rows, and looks in every turn of the loop, so that few more are copied. Throws
/// when the copy ends before.
@LoopActor
func waitUntil(_ run: CopyRun, hasCopied rows: Int64) async throws {
  while run.snapshot.counts.copied < rows {
    let snapshot = run.snapshot
    try #require(
      snapshot.stopReason == nil && snapshot.finishedPartitions < snapshot.partitions.count,
      "it has ended after \(snapshot.counts.copied) rows: \(snapshot.stopReason ?? "")")
    await Task.yield()
  }
}

/// A row as an independent reader finds it.
struct FoundRow: Equatable, Sendable {
  var value: [UInt8]
  var expiry: UInt32
}

extension Table {
  /// Everything in the table, by full key, read partition by partition.
  func allRows() async throws -> [PegasusKey: FoundRow] {
    var rows: [PegasusKey: FoundRow] = [:]
    var options = ScanOptions()
    options.returnExpiry = true
    for partition in 0..<Int32(try await partitions().count) {
      let scanner = PartitionScanner(table: self, partition: partition, options: options)
      while let page = try await scanner.next() {
        for index in page.rows.indices {
          let key = try PegasusKey(encoded: page.key(at: index))
          rows[key] = FoundRow(value: page.value(at: index), expiry: page.rows[index].expireTimestamp)
        }
      }
    }
    return rows
  }

  /// Writes rows through the loader; `expiry` 0 for none.
  func load(_ rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)]) async throws {
    let loader = RowLoader(table: self)
    var builder = PageBuilder()
    for row in rows {
      builder.add(row.key, value: row.value, expireTimestamp: row.expiry)
      if builder.count == 500 { try await loader.write(builder.take()) }
    }
    try await loader.write(builder.take())
    _ = try await loader.finish()
  }
}

/// Rows of all kinds: several below one hash key, empty hash and sort keys, awkward bytes, some that expire.
func sampleRows(_ count: Int) throws -> [(key: PegasusKey, value: [UInt8], expiry: UInt32)] {
  let later = TTLEpoch.expiry(ttl: 3600, unixNow: WallClock.unixSeconds)
  var rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)] = []
  for number in 0..<count {
    let hashKey: [UInt8] = number % 97 == 0 ? [] : Array("user\(number / 4)".utf8) + (number % 89 == 0 ? [0, 255] : [])
    let sortKey: [UInt8] = Array("s\(number)".utf8)
    let expiry: UInt32 = number % 3 == 0 ? later + UInt32(number % 50) : 0
    rows.append((try PegasusKey(hashKey: hashKey, sortKey: sortKey), Array("value \(number)".utf8), expiry))
  }
  rows.append((try PegasusKey(hashKey: Array("alone".utf8), sortKey: []), [], 0))
  return rows
}
