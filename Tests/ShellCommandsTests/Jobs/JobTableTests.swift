import Jobs
import Terminal
import Testing

@testable import ShellCommands

/// The list of jobs on terminals of all widths.
@Suite struct JobTableTests {
  private static let now: Int64 = 1_767_000_000_000

  private func records(running: Bool) -> [JobRecord] {
    var first = JobViewTests.record(state: .done) { $0.fraction = 1 }
    first.isHeld = false
    first.startedAt = Self.now - 40 * 86_400_000
    first.plan.title = "ClusterA:users -> ClusterB:users"
    var second = running ? JobViewTests.record() : first
    second.plan.title = "ClusterA:users -> ClusterB:users"
    second.startedAt = Self.now
    return [first, second]
  }

  private func lines(_ records: [JobRecord], _ columns: Int?) -> [Substring] {
    JobTable(records, now: Self.now).section(columns: columns).text().split(separator: "\n").dropFirst().map(\.self)
  }

  @Test(arguments: [true, false], [80, 100, 132, 200])
  func everyLineFits(_ running: Bool, _ columns: Int) {
    let lines = lines(records(running: running), columns)
    #expect(lines.count == 3)
    for line in lines { #expect(DisplayWidth.of(String(line)) <= columns, "\(line)") }
  }

  @Test func whereThereIsRoomNothingIsLeftOut() {
    let whole = lines(records(running: true), nil)
    #expect(lines(records(running: true), 200) == whole)
    #expect(whole[0].split(separator: " ") == ["id", "state", "done", "rate", "left", "began", "job"])
    #expect(whole[2].contains("210 k rows/s  38 s") && whole[2].contains("copy_data ClusterA:users -> ClusterB:users"))
  }

  @Test func atEightyColumnsTheTitleIsReadable() {
    let short = lines(records(running: true), 80)
    #expect(short[2].contains("210k/s  38 s") && short[2].contains("… -> ClusterB:users"), "\(short[2])")
    // No job runs: there is no rate, and no end to wait for.
    let ended = lines(records(running: false), 80)
    #expect(ended[0].split(separator: " ") == ["id", "state", "done", "began", "job"])
    #expect(ended[1].contains("copy ClusterA:users -> ClusterB:users"))

    var long = records(running: true)
    long[1].plan.title = "ClusterA:users_of_the_shop -> ClusterB:users_of_the_shop"
    #expect(lines(long, 80)[2].contains("copy ClusterA:u… -> ClusterB:users_"), "\(lines(long, 80)[2])")
  }
}
