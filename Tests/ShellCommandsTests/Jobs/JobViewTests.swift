import EventLoop
import JSON
import Jobs
import Terminal
import Testing

@testable import ShellCommands

/// A job's progress in words.
@Suite struct JobViewTests {
  static func record(
    state: JobState = .running, parts: Int32 = 8, _ change: (inout JobProgress) -> Void = { _ in }
  ) -> JobRecord {
    let plan = JobPlan(
      kind: "copy_data", title: "A:t -> B:t", commandLine: "copy_data -c B -a t",
      steps: [StepPlan(name: "transfer", title: "Copy the rows")])
    var record = JobRecord(
      id: JobID(rawValue: 7), plan: plan, state: state, isHeld: true, createdAt: 0,
      steps: plan.steps.map { StepRecord(plan: $0) })
    var progress = JobProgress(step: "transfer", verb: "Copy", unit: "rows")
    progress.elapsed = .seconds(60)
    progress.account = [.init(name: "read", count: 612_300), .init(name: "copied", count: 612_000)]
    progress.done = 612_000
    progress.total = 1_000_000
    progress.fraction = 0.612
    progress.bytes = 60 << 20
    progress.rate = 210_400
    progress.lastSecond = 9100
    progress.secondsLeft = 37.6
    progress.parts = (0..<parts).map { .init(number: $0, state: "running", done: Int64($0) * 1000 + 1000) }
    progress.finishedParts = 3
    progress.partCount = Int(parts)
    progress.slowestPart = progress.parts.first
    change(&progress)
    record.progress = progress
    return record
  }

  private func block(_ record: JobRecord, columns: Int = 80, rows: Int = 24, showsParts: Bool = false) -> [String] {
    JobView().block(record, columns: columns, rows: rows, showsParts: showsParts, footer: ["  keys"])
  }

  @Test func aFewWordsForTheRightPrompt() {
    #expect(JobView.brief(Self.record()) == "#7 copy 61% 210k/s")
    #expect(JobView.brief(Self.record(state: .paused)) == "#7 copy 61% paused")
    #expect(
      JobView.brief(Self.record { $0.slowed = "target p99 84 ms > 50 ms" })
        == "#7 copy 61% 210k/s slowed: target p99 84 ms > 50 ms")
    #expect(JobView.brief(Self.record { $0.fraction = 1 }).contains("99%"), "not before it is done")
  }

  @Test func aJobThatWatchesServersOffersWhatItCanDo() {
    let watching = Self.record(parts: 4) {
      ($0.unit, $0.done, $0.isWatched) = ("partitions", 1, true)
      $0.parts = (0..<4).map { .init(number: $0, state: "ongoing", done: 0, note: "\($0 * 10)%") }
    }
    let lines = block(watching, showsParts: true)
    #expect(lines[1].hasSuffix("running, limits: 'rate_limit'"))
    #expect(lines.contains("  partitions 3/4 done"), "none of them has a count of its own")
    #expect(lines.contains { $0.contains("3 ongoing 30%") })
    let paused = Self.record(state: .paused) { $0.isWatched = true }
    #expect(block(paused)[1].hasSuffix("paused, the servers go on"))
    let backup = Self.record(parts: 2) {
      $0.unit = "partitions"
      $0.parts = (0..<2).map { .init(number: $0, state: "done", done: 1) }
    }
    let table = block(backup, showsParts: true)
    #expect(table.contains { $0.hasPrefix("  0 done     1 done  ") })
    let json = watching.progress?.json ?? .null
    #expect(JobProgress(json: json)?.isWatched == true)
  }

  @Test func whatDoesNotFitTheRightPromptIsCounted() {
    let texts = ["#1 copy 10% 1k/s", "#2 copy 20% 2k/s", "#3 count 5%"]
    #expect(JobView.together(texts, columns: 80) == "#1 copy 10% 1k/s · #2 copy 20% 2k/s · #3 count 5%")
    #expect(JobView.together(texts, columns: 40) == "#1 copy 10% 1k/s · #2 copy 20% 2k/s +1")
    #expect(JobView.together(texts, columns: 30) == "#1 copy 10% 1k/s +2")
    #expect(JobView.together(texts, columns: 12) == "#1 copy 1 +2")
    #expect(JobView.together([], columns: 12) == "")
  }

  @Test func thePlainLineIsTheOldShells() {
    let progress = Self.record().progress
    #expect(
      progress.map { JobView.plain($0, step: 4100) }
        == "processed for 60 seconds, (3/8) splits, total 612000 rows, last second 4100 rows")
    let ending = Self.record { $0.ending = "the disk is full" }.progress
    #expect(
      ending.map { JobView.plain($0, step: 0) }
        == "processed for 60 seconds, (3/8) splits, total 612000 rows, last second 0 rows, error occurred, terminating..."
    )
  }

  @Test func whatWasDoneSinceTheLastLineIsNeverLessThanNothing() throws {
    var progress = try #require(Self.record().progress)
    (progress.verb, progress.done) = ("Download", 2)
    var last = LastLine(nil)
    #expect(last.step(to: progress) == 2)
    progress.done = 3
    #expect(last.step(to: progress) == 1)
    (progress.verb, progress.done) = ("Ingest", 1)
    #expect(last.step(to: progress) == 1, "another thing is counted")
    progress.done = 0
    #expect(last.step(to: progress) == 0, "begun anew")
    progress.done = 5
    var resumed = LastLine(progress)
    progress.done = 7
    #expect(resumed.step(to: progress) == 2, "without what an earlier run has done")
  }

  @Test func theBlockTellsStateSpeedAndTheSlowestPartition() {
    let lines = block(Self.record { $0.limit = "5000 rows/s" })
    #expect(lines.count == 6)
    #expect(lines[0].hasPrefix("#7 Copy A:t -> B:t  1 m 00 s  [=") && lines[0].hasSuffix("] 61.2%"))
    #expect(lines[1] == "  running, limit 5000 rows/s")
    #expect(lines[2] == "  612,000 rows, last second 9,100, 210 k rows/s, 1.00 MB/s, ETA 38 s")
    let unsteady = block(Self.record { $0.isSteady = false })
    #expect(unsteady[2].hasSuffix(", ETA about 40 s"))
    #expect(lines[3] == "  read 612300 = copied 612000")
    #expect(lines[4] == "  partitions 3/8 done, slowest 0 at 1,000, median 5,000 rows (5.0x behind)")
    #expect(lines[5] == "  keys")
    #expect(lines.allSatisfy { DisplayWidth.of($0) < 80 })
  }

  @Test func aLongNameLeavesRoomForThePercent() {
    var record = Self.record()
    record.plan.title = "A:" + String(repeating: "t", count: 200) + " -> B:t"
    for columns in [40, 80] {
      let head = block(record, columns: columns)[0]
      #expect(head.hasSuffix("t…  1 m 00 s 61.2%") && DisplayWidth.of(head) == columns - 1)
    }
  }

  @Test func theStateHasItsReason() {
    #expect(
      block(Self.record { $0.slowed = "target p99 84 ms > 50 ms" })[1] == "  slowed: target p99 84 ms > 50 ms, no limit"
    )
    #expect(block(Self.record(state: .paused))[1] == "  paused, no limit")
    #expect(block(Self.record { $0.ending = "refused" })[1] == "  ending: refused, no limit")
  }

  @Test func theEndIsNotPromisedBeforeItIsKnown() {
    func end(_ change: @escaping (inout JobProgress) -> Void) -> String? {
      Self.record {
        $0.secondsLeft = nil
        change(&$0)
      }.progress.map(JobView.remaining)
    }
    #expect(end { $0.elapsed = .seconds(2) } == "ETA not known yet")
    #expect(end { _ in } == "ETA unknown")
    #expect(end { $0.account[0].count = 1_000_001 } == "past the estimate")
    #expect(block(Self.record(state: .paused))[2] == "  612,000 rows, ETA none while paused")
  }

  @Test(arguments: [(80, 24), (200, 50), (40, 12), (20, 5)])
  func theTableOfPartitionsFitsTheScreen(_ columns: Int, _ rows: Int) {
    for parts: Int32 in [1, 8, 64, 1024] {
      let lines = block(Self.record(parts: parts), columns: columns, rows: rows, showsParts: true)
      #expect(lines.count < max(rows, 9), "\(parts) partitions in \(columns)x\(rows)")
      #expect(lines.dropFirst(5).dropLast().allSatisfy { DisplayWidth.of($0) < columns || columns < 24 })
    }
  }

  @Test func whatDoesNotFitIsWhatMattersLeast() {
    let record = Self.record(parts: 1024) { progress in
      for index in progress.parts.indices where index != 500 { progress.parts[index].state = "done" }
      progress.parts[700].state = "failed"
    }
    let lines = block(record, columns: 80, rows: 14, showsParts: true)
    #expect(lines[5].contains("700 failed") && lines[5].contains("500 running"))
    #expect(lines.contains { $0.hasPrefix("  and ") && $0.hasSuffix(" more") })
  }

  @Test func aJobOfSeveralStepsNamesTheOneThatRuns() {
    var record = Self.record()
    record.steps.append(StepRecord(plan: StepPlan(name: "verify", title: "Compare the tables")))
    #expect(block(record)[1] == "  step 1/2 Copy the rows, running, no limit")
  }
}
