import EventLoop
import Geo
import PegasusClient
import PegasusProtocol
import Testing

@testable import Copying

@Suite(.serialized) struct GeoCopyTests {
  /// Latitude in field 5, longitude in field 4, as the geo client's defaults have it.
  private static func value(_ latitude: String, _ longitude: String) -> [UInt8] {
    Array("id|name|city|x|\(longitude)|\(latitude)|rest".utf8)
  }

  @LoopActor
  private func copy(
    _ source: Table, to target: Table, limit: Duration = .seconds(5), patience: Duration = .seconds(60)
  ) async throws -> CopyResult {
    var options = CopyOptions()
    options.mode = .geo
    options.giveUpAfter = patience
    let geo = GeoWriter(
      common: target, geo: target.cluster.table(target.name + "_geo"), codec: try GeoRowCodec(), limit: limit)
    try await geo.prepare()
    let run = CopyRun(source: source, target: target, options: options, geo: geo)
    _ = try await run.prepare()
    return await run.run()
  }

  /// The source with places, and both tables of the target.
  private struct Places {
    let source: Table
    let target: Table
    let geo: Table
    let right: ClusterFixture
  }

  /// - Parameter partitions: of the three tables
  @LoopActor
  private func withPlaces(
    _ partitions: (Int32, Int32, Int32), rows: [(key: PegasusKey, value: [UInt8], expiry: UInt32)],
    _ body: @LoopActor (Places) async throws -> Void
  ) async throws {
    try await withClusters { left, right in
      let source = try await left.table("places", partitions: partitions.0)
      let target = try await right.table("places", partitions: partitions.1)
      let geo = try await right.table("places_geo", partitions: partitions.2)
      try await source.load(rows)
      try await body(Places(source: source, target: target, geo: geo, right: right))
    }
  }

  /// So many places, each with a hash key of its own.
  private static func rows(_ count: Int) throws -> [(key: PegasusKey, value: [UInt8], expiry: UInt32)] {
    try (0..<count).map { number in
      let key = try PegasusKey(hashKey: Array("place\(number)".utf8), sortKey: [])
      return (key, value("\(number % 80).5", "\(number % 170).25"), 0)
    }
  }

  @Test @LoopActor
  func bothTablesAreFilledAndAMovedEntryGoes() async throws {
    let expiry = TTLEpoch.expiry(ttl: 5000, unixNow: WallClock.unixSeconds)
    let key = try PegasusKey(hashKey: Array("cafe".utf8), sortKey: Array("1".utf8))
    let rows: [(PegasusKey, [UInt8], UInt32)] = [
      (key, Self.value("52.52", "13.405"), expiry),
      (try PegasusKey(hashKey: Array("cafe".utf8), sortKey: Array("2".utf8)), Self.value("48.85", "2.35"), 0),
      (try PegasusKey(hashKey: Array("bad".utf8), sortKey: []), Array("no place".utf8), 0),
    ]
    try await withPlaces((3, 4, 2), rows: rows) { places in
      let (source, target, geo) = (places.source, places.target, places.geo)
      let first = try await copy(source, to: target)
      #expect(first.snapshot.counts.copied == 2)
      #expect(first.snapshot.counts.failed == 1)
      #expect(first.firstFailures.map(\.hashKey) == [Array("bad".utf8)])
      let entries = try await geo.allRows()
      #expect(entries.count == 2)
      #expect(entries.values.contains(FoundRow(value: Self.value("52.52", "13.405"), expiry: expiry)))
      #expect(try await target.allRows()[key]?.expiry == expiry)

      // The place moves: the old entry goes, the new one comes.
      _ = try await source.set(key, value: Self.value("40.71", "-74.0"))
      _ = try await copy(source, to: target)
      let moved = try await geo.allRows()
      #expect(moved.count == 2)
      #expect(moved.values.contains(FoundRow(value: Self.value("40.71", "-74.0"), expiry: 0)))
      #expect(!moved.values.contains { $0.value == Self.value("52.52", "13.405") })
    }
  }

  /// Rows that are written again after a kill leave no second entry.
  @Test @LoopActor
  func aKilledCopyGoesOn() async throws {
    try await withPlaces((3, 4, 2), rows: try Self.rows(600)) { places in
      let (source, target, geo) = (places.source, places.target, places.geo)
      let writer = GeoWriter(common: target, geo: geo, codec: try GeoRowCodec(), limit: .seconds(5))
      var options = CopyOptions()
      options.mode = .geo
      options.scanBatchSize = 20
      options.maxInFlight = 10
      let first = CopyRun(source: source, target: target, options: options, geo: writer)
      _ = try await first.prepare()
      let task = Task { @LoopActor in await first.run() }
      try await waitUntil(first, hasCopied: 200)
      let checkpoints = first.takeCheckpoints()
      try await waitUntil(first, hasCopied: 300)
      task.cancel()
      _ = await task.value
      let second = CopyRun(
        source: source, target: target, options: options, geo: writer, resumingFrom: checkpoints, isResumed: true)
      _ = try await second.prepare()
      let result = await second.run()
      #expect(result.isComplete && result.snapshot.counts.copied == 600 && result.snapshot.counts.read == 600)
      #expect(try await target.allRows().count == 600)
      #expect(try await geo.allRows().count == 600)
    }
  }

  /// The requests of a row give up long before the target takes it; the row does not.
  @Test @LoopActor
  func aThrottledTargetIsWaitedFor() async throws {
    try await withPlaces((2, 2, 2), rows: try Self.rows(40)) { places in
      // Fewer than half of the rows fit in a second: the copy may begin at the end of one.
      try await places.right.client.setEnvironment([("replica.write_throttling", "14*reject*5")], table: "places")
      let result = try await copy(places.source, to: places.target, limit: .milliseconds(100))
      #expect(result.isComplete && result.snapshot.counts.copied == 40)
      #expect(result.snapshot.retries > 0)
      #expect(try await places.geo.allRows().count == 40)
    }
  }

  /// Ended between the geo table and the row: the row still tells which entry was the old one, and that one has gone.
  @Test @LoopActor
  func theOldEntryGoesBeforeTheRowForgetsIt() async throws {
    let key = try PegasusKey(hashKey: Array("cafe".utf8), sortKey: [])
    try await withPlaces((1, 1, 1), rows: [(key, Self.value("52.52", "13.405"), 0)]) { places in
      let (source, target, geo) = (places.source, places.target, places.geo)
      #expect(try await copy(source, to: target).isComplete)
      _ = try await source.set(key, value: Self.value("40.71", "-74.0"))
      try await places.right.client.setEnvironment([("replica.deny_client_request", "timeout*write")], table: "places")
      let result = try await copy(source, to: target, limit: .milliseconds(300), patience: .seconds(1))
      #expect(!result.isComplete && result.snapshot.counts.copied == 0)
      #expect(try await geo.allRows().values.map(\.value) == [Self.value("40.71", "-74.0")])
      #expect(try await target.get(key).value == Self.value("52.52", "13.405"))
    }
  }

  @Test @LoopActor
  func aMissingGeoTableIsRefusedBeforeTheFirstWrite() async throws {
    try await withClusters { left, right in
      let source = try await left.table("places", partitions: 3)
      let target = try await right.table("places", partitions: 3)
      await #expect(throws: ClientError.self) { _ = try await copy(source, to: target) }
      #expect(try await target.allRows().isEmpty)
    }
  }
}
