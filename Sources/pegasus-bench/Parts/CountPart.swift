import EventLoop
import PegasusClient

/// Counting and scanning a whole table, as whole processes of the shell.
@LoopActor
struct CountPart {
  private let options: BenchOptions
  private let clusters: Clusters
  private let table: Table

  init(_ options: BenchOptions, _ clusters: Clusters, _ table: Table) {
    self.options = options
    self.clusters = clusters
    self.table = table
  }

  func measure() async throws -> [Figure] {
    try await measure("count", "count_data -c") + measure("count_sizes", "count_data -c -a")
      + measure("scan", "full_scan -o \(clusters.scratchFile)", shown: "full_scan -o file")
  }

  private func measure(_ id: String, _ command: String, shown: String? = nil) async throws -> [Figure] {
    let name = shown ?? command
    Console.say("\(name), \(options.repeats) times")
    var runs: [MeasuredRun] = []
    for _ in 0..<options.repeats {
      let run = try await clusters.runShell("use \(table.name); \(command)")
      guard run.output.contains("\(options.rows)") else {
        throw BenchError("\(name) does not speak of \(options.rows) rows:\n\(run.output)")
      }
      runs.append(run)
    }
    let millions = Double(options.rows) / 1e6
    return [
      Figure(
        "\(id).rate", "\(name), whole process", of: runs.map { Double(options.rows) / $0.wallSeconds },
        .rowsPerSecond),
      Figure(
        "\(id).shell_cpu", "  shell's CPU per million rows", of: runs.map { $0.processorSeconds / millions }, .seconds),
    ].compactMap { $0 }
  }
}
