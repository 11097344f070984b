import EventLoop
import PegasusClient
import PegasusProtocol
import Testing

@testable import Copying

@Suite(.serialized) struct CountRunTests {
  @LoopActor
  private func count(_ table: Table, _ change: (inout CountOptions) -> Void) async throws -> CountRun.Snapshot {
    var options = CountOptions()
    change(&options)
    let run = CountRun(table: table, options: options)
    _ = try await run.prepare()
    return await run.run()
  }

  @Test @LoopActor
  func countsByTheServersAndHereAgree() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 4)
      let rows = try sampleRows(2500)
      try await table.load(rows)
      let byServers = try await count(table) { _ in }
      #expect(byServers.isComplete)
      #expect(byServers.findings.rows == Int64(rows.count))
      let here = try await count(table) {
        $0.countsHashKeys = true
        $0.measuresSizes = true
        $0.topCount = 3
      }
      #expect(here.findings.rows == Int64(rows.count))
      #expect(here.findings.rowSizes.count == UInt64(rows.count))
      #expect(here.findings.largest.rows.count == 3)
      #expect(here.partitions.map(\.rows) == byServers.partitions.map(\.rows))
      let exact = try await count(table) { $0.filter.sortKey = PatternFilter(.exact, Array("s12".utf8)) }
      #expect(exact.findings.rows == 1)
      let one = try await count(table) { $0.partitions = [1] }
      #expect(one.findings.rows == byServers.partitions[1].rows)
    }
  }

  /// Within a partition the rows of a hash key are neighbours, but rows without one are spread over all partitions.
  @Test @LoopActor
  func distinctHashKeysAreCountedOnce() async throws {
    try await withClusters { left, _ in
      let table = try await left.table("t", partitions: 1)
      let rows = try sampleRows(400)
      try await table.load(rows)
      let found = try await count(table) { $0.countsHashKeys = true }
      #expect(found.findings.hashKeys == Int64(Set(rows.map(\.key.hashKey)).count))
    }
  }
}
