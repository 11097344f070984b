import Copying
import Geo
import JSON
import Jobs
import Testing

@testable import ShellCommands

/// What the journal keeps of a job comes back as it was.
@Suite struct JobPlanTests {
  private let table = TableIdentity(
    cluster: "A", metaList: "h1:1, h2:2", table: "users", appID: 3, partitionCount: 8)

  private func reread(_ json: JSONValue) throws -> JSONValue {
    try JSONParser.parse(json.text(indent: nil).utf8)
  }

  @Test func aTransfer() throws {
    var options = CopyOptions()
    options.partitions = [0, 7]
    options.mode = .multiSet
    options.maxInFlight = 77
    options.timeout = .milliseconds(1234)
    options.dropsExpiry = true
    options.maxTargetLatency = .milliseconds(50)
    options.filter = RowFilter(
      hashKey: PatternFilter(.prefix, [0, 0x20, 0xFF, 0x22]), value: PatternFilter(.exact, []))
    let geo = TransferPlan.Geo(table: table, configuration: GeoConfiguration(minLevel: 11))
    let plan = TransferPlan(source: table, target: table, options: options, geo: geo)
    let again = try TransferPlan(try reread(plan.parameters))
    #expect(again.parameters == plan.parameters)
    #expect(again.options.filter == options.filter)
    #expect(again.options.maxTargetLatency == .milliseconds(50))
    #expect(again.geo?.configuration == geo.configuration)
    #expect(again.title == "A:users -> A:users")
  }

  @Test func everyWriteMode() throws {
    for mode in WriteMode.allCases {
      var options = CopyOptions()
      options.mode = mode
      #expect(try CopyOptions(try reread(options.json)).mode == mode)
    }
  }

  @Test func whatAnotherShellWroteIsNotGuessed() {
    #expect(throws: ShellError.self) { try TransferPlan(.object([:])) }
    #expect(throws: ShellError.self) {
      try TransferPlan(
        .object(["source": table.json, "target": table.json, "options": .object(["write_mode": "teleport"])]))
    }
    #expect(throws: ShellError.self) { try CountPlan(.null) }
    #expect(throws: ShellError.self) { try GeneratePlan(.object(["table": table.json])) }
  }

  @Test func aCountAndGeneratedRows() throws {
    var options = CountOptions()
    options.partitions = [1]
    options.measuresSizes = true
    options.topCount = 3
    let count = CountPlan(table: table, options: options, runSeconds: 9)
    #expect(try CountPlan(try reread(count.parameters)).parameters == count.parameters)
    let generate = GeneratePlan(
      table: table, count: 5, seed: .max, ttlPercent: 20, valueSize: 7, prefix: [0x75, 0, 0xFF])
    let again = try GeneratePlan(try reread(generate.parameters))
    #expect(again.parameters == generate.parameters)
    #expect(again.seed == .max && again.prefix == [0x75, 0, 0xFF])
  }

  @Test func aCheckpoint() {
    var counts = RowCounts()
    (counts.read, counts.copied, counts.filtered, counts.expired, counts.existing) = (10, 5, 2, 2, 1)
    let mark = PartitionCheckpoint(
      partition: 3, position: [0, 2, 0x61, 0xFF], counts: counts, bytes: 99, isFinished: true)
    #expect(PartitionCheckpoint(mark.checkpoint) == mark)
    #expect(PartitionCheckpoint(PartitionCheckpoint(partition: 1).checkpoint) == PartitionCheckpoint(partition: 1))
    var other = mark.checkpoint
    other.step = "verify"
    #expect(PartitionCheckpoint(other) == nil)
  }

  @Test func changesAreNamedOneByOne() throws {
    var changes = PlanChanges()
    changes.compare(
      members: .object(["timeout_ms": 5000, "no_ttl": false, "hash_key_filter": "prefix a"]),
      .object(["timeout_ms": 1000, "no_ttl": false, "value_filter": "exact b"]))
    #expect(
      changes.lines == [
        "timeout_ms was 5000, now 1000", "hash_key_filter was 'prefix a', now not set",
        "value_filter was not set, now 'exact b'",
      ])
    let error = #expect(throws: ShellError.self) { try changes.refuse(JobID(rawValue: 7), advice: "begin anew") }
    #expect(error?.status == .refused)
    #expect(error?.message.contains("job 7 cannot go on") == true)
    #expect(error?.message.contains("\n  timeout_ms was 5000, now 1000\n") == true)
  }
}
