import EventLoop
import Onebox
import PegasusClient
import PegasusProtocol
import RPC
import Testing

@testable import Copying

/// What embedded clusters answer.
@Suite(.serialized) struct CopyPreflightTests {
  @Test @LoopActor
  func bothSidesAreAskedAtOnceAndQuickly() async throws {
    try await withClusters { left, right in
      let source = try await left.table("users", partitions: 8)
      let target = try await right.table("users", partitions: 16)
      try await source.load(try sampleRows(2000))
      _ = try await right.client.setEnvironment(
        [("default_ttl", "3600"), ("replica.write_throttling", "2000*delay*30")], table: "users")
      let started = ContinuousClock.now
      let report = try await CopyPreflight(source: source, target: target, options: CopyOptions())
        .report(takesSample: true)
      // A sample takes half a second at most; nothing has waited for a time limit.
      #expect(ContinuousClock.now - started < .seconds(4))

      let (from, to) = (report.facts.source, report.facts.target)
      #expect(from.cluster == "left" && from.exists && from.partitionCount == 8 && to.partitionCount == 16)
      #expect(from.versions.value?.count == 1 && from.metaLevel.value == "steady")
      #expect(from.aliveServers.value == 3 && from.deadServers.value == [])
      #expect(from.unhealthy.isEmpty && to.unwritable.isEmpty)
      #expect(from.presence.value == .found && to.presence.value == .absent)
      #expect(try #require(from.rows.value) >= 2000)
      #expect(from.bytes.value != nil)
      #expect(from.isSplitting.value == false && to.isBulkLoading.value == false)
      #expect(to.disks.value?.count == 3 && to.dataVersions.value == ["1"])
      #expect(to.variable("default_ttl") == "3600")
      #expect(try #require(report.facts.sample).rows > 0)
      #expect(report.blockers.isEmpty && report.questions.isEmpty)
      #expect(report.warnings.map(\.check) == [.environment, .throttling], "\(report.findings)")
      #expect(report.estimate.seconds != nil)
    }
  }

  @Test @LoopActor
  func rowsOfThisPartCountAndNoOthers() async throws {
    try await withClusters { left, right in
      let source = try await left.table("users", partitions: 8)
      for (name, count) in [("same", Int32(8)), ("more", 16), ("fewer", 4), ("odd", 5)] {
        let target = try await right.table(name, partitions: count)
        var options = CopyOptions()
        options.partitions = [3]
        try await source.load(try sampleRows(300))
        // Rows of the other partitions only, as another machine's part would write them.
        let others = try sampleRows(300).filter { $0.key.view.partitionHash % 8 != 3 }
        try await target.load(others)
        func presence(_ options: CopyOptions) async throws -> PreflightSide.Presence? {
          try await CopyPreflight(source: source, target: target, options: options).report().facts.target.presence.value
        }
        #expect(try await presence(options) == .absent, "\(name)")
        #expect(try await presence(CopyOptions()) == .found)
        options.partitions = [2, 3]
        #expect(try await presence(options) == .found)

        var filtered = CopyOptions()
        filtered.filter = RowFilter(hashKey: PatternFilter(.prefix, Array("nobody".utf8)))
        #expect(try await presence(filtered) == .absent)
        filtered.filter = RowFilter(sortKey: PatternFilter(.exact, Array("s1".utf8)))
        #expect(try await presence(filtered) == .found)
        filtered.filter = RowFilter(sortKey: PatternFilter(.exact, Array("s".utf8)))
        #expect(try await presence(filtered) == .absent)
      }
    }
  }

  @Test @LoopActor
  func aMissingTableAndTheSameTableAreFindings() async throws {
    try await withClusters { left, right in
      let source = try await left.table("users", partitions: 4)
      let missing = try await CopyPreflight(
        source: source, target: right.client.table("nowhere"), options: CopyOptions()
      ).report()
      #expect(missing.lacksTable && missing.blockers.map(\.check) == [.tables])
      #expect(missing.blockers[0].advice.contains("create nowhere -p 4"))

      let alias = ClusterClient(
        name: "alias", metaServers: [NodeAddress(host: "127.0.0.1", port: left.server.metaPort)])
      let same = try await CopyPreflight(source: source, target: alias.table("users"), options: CopyOptions()).report()
      #expect(same.blockers.map(\.check) == [.tables] && !same.lacksTable)
      #expect(same.blockers[0].what.contains("same table"))
      alias.close()

      let geo = try await CopyPreflight(
        source: source, target: try await right.table("users", partitions: 4), geo: right.client.table("users_geo"),
        options: CopyOptions()
      ).report()
      #expect(geo.blockers.map(\.check) == [.geo])
    }
  }

  @Test @LoopActor
  func anUnreachableClusterIsAFailureAndNotAFinding() async throws {
    try await withClusters { left, _ in
      let source = try await left.table("users", partitions: 4)
      let nobody = ClusterClient(name: "nobody", metaServers: [NodeAddress(host: "127.0.0.1", port: 1)])
      await #expect(throws: ClientError.self) {
        try await CopyPreflight(source: source, target: nobody.table("users"), options: CopyOptions()).report()
      }
      nobody.close()
    }
  }
}
