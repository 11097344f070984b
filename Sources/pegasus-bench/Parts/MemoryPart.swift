import EventLoop
import PegasusClient

/// The shell's peak memory, copying a table and one of four times as many rows: it must not grow with the table.
@LoopActor
struct MemoryPart {
  private let options: BenchOptions
  private let clusters: Clusters
  private let table: Table

  init(_ options: BenchOptions, _ clusters: Clusters, _ table: Table) {
    self.options = options
    self.clusters = clusters
    self.table = table
  }

  func measure() async throws -> [Figure] {
    Console.say("peak memory")
    let small = try await peak(table, "memory1")
    let large = try await clusters.source.makeTable(
      "bench4", rows: options.rows * 4, partitions: options.partitions)
    let peak = try await peak(large, "memory4")
    try await clusters.source.dropTable(large.name)
    return [
      Figure("memory.one", "shell's peak memory, \(options.rows) rows", small, .megabytes),
      Figure(
        "memory.four", "shell's peak memory, \(options.rows * 4) rows", peak, .megabytes,
        aim: .atMost(small * 1.2, peak, "flat: ≤ 1.2 times")),
    ]
  }

  private func peak(_ table: Table, _ name: String) async throws -> Double {
    let contents = try await clusters.source.contents(of: table)
    return try await CopyMeasurement.run(
      clusters, table: table, option: "", into: name, partitions: options.partitions, contents: contents
    ).shell.peakMegabytes
  }
}
