import EventLoop
import PegasusClient

/// `copy_data` as a whole process of the shell, and what it costs each of the three processes. Every run copies into a new
/// table, which is then found to hold exactly the rows of the source.
@LoopActor
struct CopyPart {
  private let options: BenchOptions
  private let clusters: Clusters
  private let table: Table

  init(_ options: BenchOptions, _ clusters: Clusters, _ table: Table) {
    self.options = options
    self.clusters = clusters
    self.table = table
  }

  /// Rows below one hash key in the second table.
  private static let rowsPerHashKey = 10

  func measure() async throws -> [Figure] {
    var figures: [Figure] = []
    for mode in ["put", "multi_set", "duplicate"] {
      figures += try await measure("copy_\(mode)", "copy_data, \(mode)", mode, table, isMainMode: mode == "put")
    }
    let grouped = try await clusters.source.makeTable(
      "grouped", rows: options.rows, partitions: options.partitions, rowsPerHashKey: Self.rowsPerHashKey)
    for mode in ["multi_set", "duplicate"] {
      figures += try await measure(
        "grouped_\(mode)", "copy_data, \(mode), \(Self.rowsPerHashKey) rows a hash key", mode, grouped,
        isMainMode: false)
    }
    try await clusters.source.dropTable(grouped.name)
    return figures
  }

  private func measure(
    _ id: String, _ name: String, _ mode: String, _ table: Table, isMainMode: Bool
  ) async throws -> [Figure] {
    guard options.modes.contains(mode) else { return [] }
    let contents = try await clusters.source.contents(of: table)
    Console.say("\(name), \(options.repeats) times")
    var runs: [CopyMeasurement] = []
    for number in 0..<options.repeats {
      runs.append(
        try await CopyMeasurement.run(
          clusters, table: table, option: "--write_mode \(mode) \(options.copyOptions)", into: "\(id)\(number)",
          partitions: options.partitions,
          contents: contents))
    }
    let millions = Double(options.rows) / 1e6
    return [
      Figure(
        "\(id).rate", "\(name), whole process", of: runs.map { Double(options.rows) / $0.shell.wallSeconds },
        .rowsPerSecond, aim: { isMainMode ? .atLeast(100_000, $0, "≥ 100,000") : nil }),
      Figure(
        "\(id).shell_cpu", "  shell's CPU per million rows", of: runs.map { $0.shell.processorSeconds / millions },
        .seconds, aim: { isMainMode ? .atMost(4, $0, "≤ 4") : nil }),
      Figure("\(id).source_cpu", "  source cluster's", of: runs.map { $0.sourceSeconds / millions }, .seconds),
      Figure("\(id).target_cpu", "  target cluster's", of: runs.map { $0.targetSeconds / millions }, .seconds),
      Figure("\(id).peak", "  shell's peak memory", of: runs.map(\.shell.peakMegabytes), .megabytes),
    ].compactMap { $0 }
  }
}
