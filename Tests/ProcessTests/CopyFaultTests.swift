import Copying
import EventLoop
import PegasusClient
import PegasusProtocol
import TestSupport
import Testing

/// A copy between two processes, one of which is killed without a warning and started again.
@Suite(.serialized) struct CopyFaultTests {
  private static let count = 40_000

  @LoopActor
  private func load(_ table: Table) async throws {
    let loader = RowLoader(table: table)
    var builder = PageBuilder()
    for number in 0..<Self.count {
      let key = try PegasusKey(hashKey: Array("user\(number)".utf8), sortKey: Array("s".utf8))
      builder.add(key, value: Array("value \(number)".utf8))
      if builder.count == 1000 { try await loader.write(builder.take()) }
    }
    _ = try await loader.finish()
  }

  /// Every row of a table, as an independent reader finds it.
  @LoopActor
  private func rows(of table: Table) async throws -> [[UInt8]: [UInt8]] {
    var rows: [[UInt8]: [UInt8]] = [:]
    for partition in 0..<Int32(try await table.partitions().count) {
      let scanner = PartitionScanner(table: table, partition: partition, options: ScanOptions())
      while let page = try await scanner.next() {
        for index in page.rows.indices { rows[page.key(at: index)] = page.value(at: index) }
      }
    }
    return rows
  }

  @Test(arguments: [true, false]) @LoopActor
  func nothingIsLostWhenAClusterIsKilled(_ killsTarget: Bool) async throws {
    let from = try await OneboxProcess("from")
    let to = try await OneboxProcess("to")
    let (left, right) = (from.client(), to.client())
    _ = try await left.createTable("t", partitionCount: 4, replicaCount: 3)
    _ = try await right.createTable("t", partitionCount: 6, replicaCount: 3)
    try await load(left.table("t"))

    var options = CopyOptions()
    options.maxInFlight = 100
    let run = CopyRun(source: left.table("t"), target: right.table("t"), options: options)
    _ = try await run.prepare()
    let copy = Task { @LoopActor in await run.run() }
    try await eventually("some rows are copied") { @LoopActor in run.snapshot.counts.copied > 4000 }
    let victim = killsTarget ? to : from
    try await victim.kill()
    #expect(run.snapshot.counts.copied < Int64(Self.count))
    try await victim.restart()

    let result = await copy.value
    let counts = result.snapshot.counts
    #expect(result.isComplete, "\(result.error?.description ?? "") \(result.failureReasons)")
    #expect(counts.read == Int64(Self.count) && counts.copied == counts.read)
    #expect(result.snapshot.retries > 0)
    let found = try await rows(of: right.table("t"))
    #expect(found == (try await rows(of: left.table("t"))))
    #expect(found.count == Self.count)
    left.close()
    right.close()
  }
}
