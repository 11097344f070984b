import Copying
import FoundationEssentials
import Terminal
import Testing

@testable import ShellCommands

/// Every figure in docs/copying-100-terabytes.md is worked out here: by the planner, by a simulation of the copy, and from
/// the measurements of Benchmarks/README.md. A line of the document that is not what comes out fails.
@Suite struct HundredTerabytesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
  }

  private func time(_ seconds: Double) -> String { Format.duration(.seconds(seconds.rounded())) }
  private func rate(_ bytes: Double) -> String {
    Format.fixed(bytes / HundredTerabytes.megabyte, decimals: 1) + " MB/s"
  }
  private func size(_ bytes: some BinaryInteger) -> String { Format.size(Double(bytes)) }

  private func check(_ rows: [(String, String)]) throws {
    let lines = Set(try text("docs/copying-100-terabytes.md").split(separator: "\n").map(String.init))
    for (name, value) in rows {
      let isThere = lines.contains("| \(name) | \(value) |")
      #expect(isThere, "the document should say: | \(name) | \(value) |")
    }
  }

  @Test func thePlanIsWhatTheDocumentSays() throws {
    let example = try HundredTerabytes(.even)
    let plan = example.plan
    let shell = try #require(plan.shells.first)
    #expect(plan.shells.map { "\(PartitionSet($0.partitions))" }.prefix(2) == ["0-204", "205-409"])
    #expect(plan.shells.map(\.partitions.count).max() == shell.partitions.count)
    let replicas = Double(HundredTerabytes.replicas)
    guard case .sourceServer(let busiest) = plan.bound else {
      Issue.record("the document says that a source server decides, not \(plan.bound)")
      return
    }
    let primaries = example.loads.count { $0.server == busiest }
    let reread = try CopyPlanner(example.limits).plan(example.loads.filter { shell.partitions.contains($0.partition) })
    let limits = example.limits
    let perReply = limits.rowsPerReply(bytesPerRow: Double(shell.bytes) / Double(shell.rows))
    let document = try text("docs/copying-100-terabytes.md")
    let onTheWay = HundredTerabytes.shells * limits.maxConcurrentPartitions * limits.maxInFlight
    #expect(document.contains("-p 0-204 --max_mb_per_second \(PlanPage.megabytes(shell.bytesPerSecond))'"))
    #expect(document.contains("-p \(PartitionSet(plan.shells[6].partitions))`"))
    #expect(document.contains("would be \(Format.grouped(onTheWay)) requests"))
    try check([
      ("rows", Format.grouped(Int(plan.rows))),
      ("bytes of a partition", size(example.loads[0].bytes)),
      ("lower bound", "100 TB / (60 × 40 MB/s) = \(time(100 * HundredTerabytes.terabyte / (60 * 40 * 1_048_576)))"),
      (
        "decided by",
        "the source server with \(primaries) primaries: \(primaries) × "
          + "\(size(example.loads[0].bytes)) / 40 MB/s = \(time(plan.seconds))"
      ),
      ("partitions of a shell", "\(shell.partitions.count), the last one \(plan.shells.last?.partitions.count ?? 0)"),
      ("bytes of a shell", size(shell.bytes)),
      ("rate of a shell", "\(rate(shell.bytesPerSecond)), \(Format.grouped(Int(shell.rowsPerSecond))) rows/s"),
      ("each target server, as primary", rate(plan.targetBytesPerSecond)),
      ("each target server, with its replicas", rate(plan.targetBytesPerSecond * replicas)),
      (
        "windows of a shell",
        "\(limits.maxConcurrentPartitions) × (\(limits.maxInFlight) + 2 × \(perReply)) "
          + "rows = \(size(shell.windowBytes))"
      ),
      ("journal of a shell", "at most \(size(shell.journalBytes))"),
      ("rows written again after a kill", "at most \(Format.grouped(Int(shell.rowsAgainAfterDeath)))"),
      ("another machine's part, begun anew by \(example.limits.shells) shells", time(reread.seconds)),
    ])
  }

  @Test func theSimulationEndsWhenTheDocumentSays() throws {
    let even = try HundredTerabytes(.even)
    let skewed = try HundredTerabytes(.skewed)
    let death = CopySimulation.Death(shell: 6, at: 6 * 3600, away: 600)
    var rows: [(String, String)] = []
    let undisturbed = skewed.simulate().seconds
    for (name, example, death) in [
      ("bytes lie evenly", even, nil), ("partitions of 80 to 120 %, one of three times the mean", skewed, nil),
      ("the same, and a shell is killed after 6 h and resumed 10 min later", skewed, death),
    ] as [(String, HundredTerabytes, CopySimulation.Death?)] {
      let outcome = example.simulate(death)
      rows.append(
        (
          name,
          "\(time(example.plan.seconds)) | \(time(outcome.seconds)) | \(rate(outcome.busiestSource)) | "
            + rate(outcome.busiestTarget)
        ))
      // What the document claims beside the figures.
      #expect(outcome.seconds < example.plan.seconds * 1.1)
      #expect(outcome.busiestTarget <= HundredTerabytes.megabytesPerServer * HundredTerabytes.megabyte * 1.05)
      #expect((outcome.bytesAgain > 0) == (death != nil))
      if let death { #expect(outcome.seconds <= undisturbed + death.away + 60) }
    }
    try check(rows)
  }

  /// The document only says what a shell needs at most, so that it stays true when the shell becomes faster.
  @Test func oneMachineCanDoItByTheMeasurements() throws {
    let shell = try #require(try HundredTerabytes(.even).plan.shells.first)
    let lines = try text("Benchmarks/README.md").split(separator: "\n").map(String.init)
    func figure(_ name: String, after head: String) -> Double? {
      guard let start = lines.firstIndex(where: { $0.hasPrefix(head) }),
        let line = lines[start...].first(where: { $0.drop { $0 == " " }.hasPrefix(name) })
      else { return nil }
      let words = line.drop { $0 == " " }.dropFirst(name.count).split(separator: " ")
      return words.first.flatMap { Double($0.filter { $0 != "," }) }
    }
    let head = "copy_data, whole process"
    let perMillion = try #require(figure("shell's CPU per million rows", after: head))
    let rowsPerSecond = try #require(figure(head, after: head))
    let peak = try #require(figure("shell's peak memory", after: head))
    // Rows of 1024 bytes cost more than the measured ones of 116: four times as much is reckoned with.
    #expect(shell.rowsPerSecond / 1e6 * perMillion * 4 < 0.5)
    #expect(rowsPerSecond > shell.rowsPerSecond * 3)
    #expect(peak + Double(shell.windowBytes) / HundredTerabytes.megabyte < 64)
  }
}
