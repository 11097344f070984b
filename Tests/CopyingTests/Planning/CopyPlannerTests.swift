import Testing

@testable import Copying

@Suite struct CopyPlannerTests {
  private func loads(_ bytes: [Int64], servers: Int = 3) -> [PartitionLoad] {
    bytes.enumerated().map {
      PartitionLoad(partition: Int32($0), rows: $1 / 100, bytes: $1, server: "s\($0 % servers)")
    }
  }

  private func limits(_ shells: Int, _ change: (inout PlanLimits) -> Void = { _ in }) -> PlanLimits {
    var limits = PlanLimits(shells: shells, targetServers: 5)
    limits.bytesPerSecondPerShell = 1000
    change(&limits)
    return limits
  }

  @Test func everyPartitionIsInOnePart() throws {
    for count in [1, 2, 3, 7, 64, 100] {
      let all = loads((0..<100).map { Int64($0 * 37 % 91 + 1) * 1000 })
      let plan = try CopyPlanner(limits(count)).plan(all)
      #expect(plan.shells.count == count)
      #expect(plan.shells.flatMap(\.partitions).sorted() == (0..<100).map { Int32($0) })
      #expect(plan.shells.allSatisfy { !$0.partitions.isEmpty })
      #expect(plan.shells.reduce(0) { $0 + $1.bytes } == plan.bytes)
      #expect(plan.shells.map(\.number) == Array(1...count))
    }
  }

  @Test func equalPartitionsMakeRanges() throws {
    let plan = try CopyPlanner(limits(4)).plan(loads(Array(repeating: 1_000_000, count: 64)))
    #expect(plan.shells.map { "\(PartitionSet($0.partitions))" } == ["0-15", "16-31", "32-47", "48-63"])
  }

  @Test func unequalOnesAreStillEven() throws {
    // A few giants in a row: ranges would give one shell nearly all of it.
    let plan = try CopyPlanner(limits(4)).plan(loads([900, 900, 900, 900] + Array(repeating: 10, count: 12)))
    #expect(plan.shells.map(\.bytes) == [930, 930, 930, 930])
  }

  @Test func noMoreShellsThanPartitions() throws {
    let plan = try CopyPlanner(limits(20)).plan(loads([5, 6, 7]))
    #expect(plan.shells.map(\.partitions) == [[0], [1], [2]])
  }

  @Test func emptyPartitionsAreSharedAsWell() throws {
    let plan = try CopyPlanner(limits(2)).plan(loads([0, 0, 1000, 0]))
    #expect(plan.shells.flatMap(\.partitions).sorted() == [0, 1, 2, 3])
  }

  @Test func theTightestLimitDecides() throws {
    let all = loads(Array(repeating: 100_000, count: 30))
    let byShell = try CopyPlanner(limits(3)).plan(all)
    #expect(byShell.bound == .shellBytes && byShell.seconds == 1000)
    #expect(byShell.shells.allSatisfy { $0.bytesPerSecond == 1000 && $0.rowsPerSecond == 10 })

    let byRows = try CopyPlanner(limits(3) { $0.rowsPerSecondPerShell = 5 }).plan(all)
    #expect(byRows.bound == .shellRows && byRows.seconds == 2000)
    #expect(byRows.shells.allSatisfy { $0.bytesPerSecond == 500 })

    let byTarget = try CopyPlanner(limits(3) { $0.bytesPerSecondPerTarget = 100 }).plan(all)
    #expect(byTarget.bound == .targetServers && byTarget.seconds == 6000)
    #expect(byTarget.targetBytesPerSecond == 100)

    var skewed = all
    skewed[7].bytes = 1_000_000
    let bySource = try CopyPlanner(limits(3) { $0.bytesPerSecondPerSource = 100 }).plan(skewed)
    #expect(bySource.bound == .sourceServer("s1") && bySource.seconds == 19_000)
    #expect(bySource.busiestSourceBytesPerSecond == 100)
    // All end together.
    for shell in bySource.shells {
      #expect(abs(Double(shell.bytes) / shell.bytesPerSecond - bySource.seconds) < 0.001)
    }
  }

  @Test func memoryAndJournalGrowWithWhatIsOpen() throws {
    let few = try CopyPlanner(limits(1)).plan(loads(Array(repeating: 100_000, count: 10)))
    // 10 partitions with 500 rows on their way and two pages of 64 KiB, which hold 496 rows of 100 bytes and 32 around them.
    #expect(few.shells[0].windowBytes == 10 * (500 + 2 * 496) * 100)
    let many = try CopyPlanner(limits(1)).plan(loads(Array(repeating: 100_000, count: 1000)))
    #expect(many.shells[0].windowBytes == 32 * (500 + 2 * 496) * 100)
    #expect(many.shells[0].journalBytes - few.shells[0].journalBytes == 990 * 1024)
    #expect(many.shells[0].rowsAgainAfterDeath == 10 + 32 * 500)
  }

  @Test func nothingCanBePlannedFromNothing() {
    #expect(throws: CopyPlanner.Invalid.self) { try CopyPlanner(limits(3)).plan([]) }
    #expect(throws: CopyPlanner.Invalid.self) { try CopyPlanner(limits(3)).plan(loads([0, 0])) }
    #expect(throws: CopyPlanner.Invalid.self) { try CopyPlanner(limits(0)).plan(loads([1])) }
    #expect(throws: CopyPlanner.Invalid.self) {
      try CopyPlanner(limits(3) { $0.bytesPerSecondPerShell = nil }).plan(loads([1]))
    }
  }
}
