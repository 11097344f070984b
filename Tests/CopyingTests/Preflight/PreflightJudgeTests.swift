import Testing

@testable import Copying

/// What facts mean for a copy, without any I/O.
@Suite struct PreflightJudgeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let level: Finding.Level
    let check: Finding.Check
    var says = ""
    var asks = false
    var options = CopyOptions()
    var isResumed = false
    let change: @Sendable (inout PreflightFacts) -> Void
    var testDescription: String { name }
  }

  private static func options(_ change: (inout CopyOptions) -> Void) -> CopyOptions {
    var options = CopyOptions()
    change(&options)
    return options
  }

  private static func with(_ key: String, _ value: String, source: Bool = false)
    -> @Sendable (inout PreflightFacts) -> Void
  {
    { if source { $0.source.environment = .known([key: value]) } else { $0.target.environment = .known([key: value]) } }
  }

  static let cases: [Case] =
    tables + health + environment + activity + rows + space

  private static let tables: [Case] = [
    Case(name: "no target", level: .blocker, check: .tables, says: "does not exist in cluster 'B'") {
      $0.target = PreflightSide(cluster: "B", table: "users")
    },
    Case(name: "no source", level: .blocker, check: .tables, says: "does not exist in cluster 'A'") {
      $0.source = PreflightSide(cluster: "A", table: "users")
    },
    Case(name: "being created", level: .blocker, check: .tables, says: "ERR_BUSY_CREATING") {
      $0.target = PreflightSide(cluster: "B", table: "users")
      $0.target.refusal = "ERR_BUSY_CREATING"
    },
    Case(name: "same table", level: .blocker, check: .tables, says: "same") { $0.sameTable = "they are the same" },
    Case(
      name: "no such partition", level: .blocker, check: .partitions, says: "partition 8",
      options: options { $0.partitions = [1, 8] }
    ) { _ in },
    Case(name: "other counts", level: .note, check: .partitions, says: "8 partitions, the target 16") {
      $0.target.partitionCount = 16
    },
    Case(name: "one replica", level: .warning, check: .partitions, says: "one replica") { $0.target.replicaCount = 1 },
    Case(name: "split before", level: .warning, check: .partitions, says: "split from 4 to 8") {
      $0.source.initialPartitionCount = 4
    },
    Case(name: "no geo table", level: .blocker, check: .geo, says: "users_geo") {
      $0.geo = PreflightSide(cluster: "B", table: "users_geo")
    },
    Case(name: "geo has entries", level: .warning, check: .geo, asks: true) {
      $0.geo = PreflightSamples.side("B")
      $0.geo?.table = "users_geo"
    },
  ]

  private static let health: [Case] = [
    Case(name: "source lost", level: .blocker, check: .health, says: "partition 3 of A:users without a primary") {
      $0.source.unreadable = [3]
      $0.source.unhealthy = [3]
      $0.source.unwritable = [3]
    },
    Case(name: "target read only", level: .blocker, check: .health, says: "take no writes") {
      $0.target.unwritable = [0, 1]
      $0.target.unhealthy = [0, 1]
    },
    Case(name: "source poor", level: .warning, check: .health, says: "fewer replicas") {
      $0.source.unhealthy = [1, 2]
    },
    Case(name: "target poor", level: .warning, check: .health, says: "fewer replicas") { $0.target.unhealthy = [1] },
    Case(name: "dead server", level: .warning, check: .servers, says: "r9:34801 is down") {
      $0.target.deadServers = .known(["r9:34801"])
    },
    Case(name: "freezed", level: .warning, check: .metaLevel, says: "freezed") {
      $0.target.metaLevel = .known("freezed")
    },
    Case(name: "lively", level: .note, check: .metaLevel, says: "may move") { $0.source.metaLevel = .known("lively") },
    Case(name: "mixed releases", level: .note, check: .versions, says: "2.4.0, 2.5.0") {
      $0.target.versions = .known(["2.4.0", "2.5.0"])
    },
    Case(name: "no expiries", level: .blocker, check: .expiry, says: "permanent") {
      $0.source.versions = .known(["2.2.3", "2.4.0"])
    },
    Case(name: "no expiries in the sample", level: .blocker, check: .expiry, says: "permanent") {
      $0.source.versions = .unknown("silent")
      $0.sample = PreflightSamples.sample()
      $0.sample?.hasExpiry = false
    },
    Case(name: "data versions", level: .note, check: .versions, says: "data version 0") {
      $0.source.dataVersions = .known(["0"])
    },
  ]

  private static let environment: [Case] = [
    Case(
      name: "default ttl", level: .warning, check: .environment, says: "3600 s", change: with("default_ttl", "3600")),
    Case(
      name: "default ttl against --no_ttl", level: .warning, check: .environment, says: "every copied row",
      options: options { $0.dropsExpiry = true }, change: with("default_ttl", "3600")),
    Case(
      name: "source denies", level: .blocker, check: .environment, says: "refuses reads",
      change: with("replica.deny_client_request", "reconfig*all", source: true)),
    Case(
      name: "target denies", level: .blocker, check: .environment, says: "refuses writes",
      change: with("replica.deny_client_request", "timeout*write")),
    Case(
      name: "target denies, before 2.4", level: .blocker, check: .environment, says: "deny_client_write",
      change: with("replica.deny_client_write", "True")),
    Case(
      name: "write throttling", level: .warning, check: .throttling, says: "(2048 requests/s",
      change: with("replica.write_throttling", "2K*delay*30,3K*reject*100")),
    Case(
      name: "read throttling", level: .warning, check: .throttling, says: "A:users is throttled",
      change: with("replica.read_throttling_by_size", "10M", source: true)),
    Case(
      name: "limit above the throttling", level: .note, check: .throttling, says: "--max_rows_per_second",
      options: options { $0.maxRowsPerSecond = 5000 }, change: with("replica.write_throttling", "2000*delay*30")),
    Case(
      name: "bulk load scenario", level: .note, check: .environment, says: "bulk_load",
      change: with("rocksdb.usage_scenario", "bulk_load")),
    Case(
      name: "compaction rules", level: .warning, check: .environment, says: "user_specified_compaction",
      change: with("user_specified_compaction", "{\"ops\":[]}")),
    Case(
      name: "short scans", level: .warning, check: .environment, says: "cut short",
      change: with("replica.rocksdb_iteration_threshold_time_ms", "5", source: true)),
    Case(
      name: "not carried over", level: .note, check: .environment, says: "business.info",
      change: with("business.info", "orders", source: true)),
  ]

  private static let activity: [Case] = [
    Case(name: "source splits", level: .blocker, check: .activity, says: "split of A:users") {
      $0.source.isSplitting = .known(true)
    },
    Case(name: "target's child", level: .blocker, check: .activity, says: "split of B:users") {
      $0.target.splitting = [7]
    },
    Case(name: "bulk load", level: .blocker, check: .activity, says: "bulk load into B") {
      $0.target.isBulkLoading = .known(true)
    },
    Case(name: "source bulk load", level: .warning, check: .activity, says: "bulk load into A") {
      $0.source.isBulkLoading = .known(true)
    },
    Case(name: "source duplicates", level: .note, check: .activity, says: "C (DS_LOG)") {
      $0.source.duplications = .known(["C (DS_LOG)"])
    },
    Case(name: "target duplicates", level: .warning, check: .activity, says: "goes there as well") {
      $0.target.duplications = .known(["C (DS_LOG)"])
    },
    Case(
      name: "target duplicates, no_overwrite", level: .blocker, check: .atomicIdempotent, says: "--no_overwrite",
      options: options { $0.mode = .putIfAbsent }
    ) { $0.target.duplications = .known(["C (DS_LOG)"]) },
    Case(
      name: "follower", level: .warning, check: .activity, says: "receives a duplication from 'A'",
      change: with("duplication.master_cluster", "A")),
  ]

  private static let rows: [Case] = [
    Case(name: "target has rows", level: .warning, check: .rows, says: "about 50 by", asks: true) {
      $0.target.presence = .known(.found)
      $0.target.rows = .known(50)
    },
    Case(
      name: "part has rows", level: .warning, check: .rows, says: "rows of this part", asks: true,
      options: options { $0.partitions = [1] }
    ) { $0.target.presence = .known(.found) },
    Case(
      name: "no_overwrite", level: .note, check: .rows, says: "left as they are",
      options: options { $0.mode = .putIfAbsent }
    ) { $0.target.presence = .known(.found) },
    Case(name: "resumed", level: .note, check: .rows, says: "runs before", isResumed: true) {
      $0.target.presence = .known(.found)
      $0.target.rows = .known(900_000_000)
    },
    Case(name: "swapped, source empty", level: .warning, check: .direction, says: "source is empty", asks: true) {
      $0.source.presence = .known(.absent)
      $0.target.presence = .known(.found)
    },
    Case(name: "swapped, source small", level: .warning, check: .direction, says: "about 90 rows", asks: true) {
      $0.source.rows = .known(90)
      $0.target.presence = .known(.found)
      $0.target.rows = .known(900)
    },
    Case(name: "source empty", level: .note, check: .rows, says: "nothing will be copied") {
      $0.source.presence = .known(.absent)
    },
  ]

  private static let space: [Case] = [
    Case(name: "no room", level: .warning, check: .disk, says: "not enough disk", asks: true) {
      $0.target.disks = .known([PreflightSide.Disk(server: "r1", available: 200 << 20)])
    },
    Case(name: "little room", level: .warning, check: .disk, says: "four fifths") {
      $0.target.disks = .known([PreflightSide.Disk(server: "r1", available: 320 << 20)])
    },
    Case(name: "row too large", level: .warning, check: .writeSize, says: "rows of 2000 bytes") {
      $0.sample = PreflightSamples.sample(bytesPerRow: 1000)
      $0.target.maxWriteSize = .known(1999)
    },
    Case(name: "unknown", level: .note, check: .unknown, says: "rows, bytes of A:users (too old)") {
      $0.source.rows = .unknown("too old")
      $0.source.bytes = .unknown("too old")
    },
  ]

  @Test(arguments: cases)
  func findsWhatTheFactsMean(_ test: Case) {
    let report = PreflightReport(
      PreflightSamples.facts(test.change), options: test.options, isResumed: test.isResumed)
    let found = report.findings.filter {
      $0.level == test.level && $0.check == test.check && $0.what.contains(test.says) && $0.asks == test.asks
    }
    #expect(found.count == 1, "\(report.findings)")
    #expect(report.questions.isEmpty == !test.asks, "\(report.questions)")
    #expect(report.blockers.isEmpty == (test.level != .blocker), "\(report.blockers)")
    #expect(report.findings.map(\.level) == report.findings.map(\.level).sorted(by: >), "the most important first")
  }

  @Test func aHealthyPairIsCleanAndSaysWhy() {
    let report = PreflightReport(PreflightSamples.facts(), options: CopyOptions())
    #expect(report.findings.allSatisfy { $0.level == .pass }, "\(report.findings)")
    let checks: Set<Finding.Check> = [
      .tables, .partitions, .health, .servers, .versions, .environment, .activity, .rows, .disk,
    ]
    #expect(Set(report.findings.map(\.check)) == checks)
    #expect(!report.lacksTable)
  }

  @Test func whatIsFineForOneCopyIsNot() {
    // The same facts, other copies: a partition that is left out, expiries that are not wanted, a table of one's own.
    func report(_ change: (inout PreflightFacts) -> Void, _ options: CopyOptions = CopyOptions()) -> PreflightReport {
      PreflightReport(PreflightSamples.facts(change), options: options)
    }
    let lost: (inout PreflightFacts) -> Void = {
      $0.source.unreadable = [3]
      $0.source.unhealthy = [3]
    }
    #expect(report(lost, Self.options { $0.partitions = [0, 1] }).blockers.isEmpty)
    let old: (inout PreflightFacts) -> Void = { $0.source.versions = .known(["2.2.0"]) }
    #expect(report(old, Self.options { $0.dropsExpiry = true }).blockers.isEmpty)
    let small: (inout PreflightFacts) -> Void = {
      $0.source.rows = .known(90)
      $0.target.rows = .known(900)
      $0.target.presence = .known(.found)
    }
    // A part of a table is smaller than the whole, and that says nothing.
    #expect(!report(small, Self.options { $0.partitions = [0] }).questions.contains { $0.check == .direction })
    // What is left as it is need not be asked about.
    #expect(report(small, Self.options { $0.mode = .putIfAbsent }).questions.isEmpty)
    let rewritten: (inout PreflightFacts) -> Void = {
      $0.target.duplications = .known(["C"])
      $0.target.atomicIdempotent = .known(true)
    }
    #expect(report(rewritten, Self.options { $0.mode = .putIfAbsent }).blockers.isEmpty)
  }
}
