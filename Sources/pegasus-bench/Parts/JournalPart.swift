import EventLoop
import PegasusClient

/// What the journal costs a copy: pairs of copies by the shell, one that journals its positions once a second and one that
/// has no place for a journal. The table is large enough for several checkpoints.
@LoopActor
struct JournalPart {
  private let options: BenchOptions
  private let clusters: Clusters

  init(_ options: BenchOptions, _ clusters: Clusters) {
    self.options = options
    self.clusters = clusters
  }

  private struct Pair {
    var with: CopyMeasurement
    var without: CopyMeasurement

    /// Percent that the journal takes more of the clock.
    var cost: Double { (with.shell.wallSeconds / without.shell.wallSeconds - 1) * 100 }
    var processorCost: Double { (with.shell.processorSeconds / without.shell.processorSeconds - 1) * 100 }
  }

  func measure() async throws -> [Figure] {
    Console.say("the journal's cost, \(options.repeats) pairs")
    let rows = options.rows * 4
    let table = try await clusters.source.makeTable("journaled", rows: rows, partitions: options.partitions)
    let contents = try await clusters.source.contents(of: table)
    var pairs: [Pair] = []
    for number in 0..<options.repeats {
      // Whichever comes first has another machine before it.
      let isFirst = number.isMultiple(of: 2)
      let first = try await copy(table, "journal\(number)a", contents, keepsJournal: isFirst)
      let second = try await copy(table, "journal\(number)b", contents, keepsJournal: !isFirst)
      pairs.append(isFirst ? Pair(with: first, without: second) : Pair(with: second, without: first))
    }
    try await clusters.source.dropTable(table.name)
    return [
      Figure(
        "journal.rate", "copy_data with its journal, \(rows) rows",
        of: pairs.map { Double(rows) / $0.with.shell.wallSeconds }, .rowsPerSecond),
      Figure(
        "journal.without", "copy_data without a journal",
        of: pairs.map { Double(rows) / $0.without.shell.wallSeconds }, .rowsPerSecond),
      Figure(
        "journal.cost", "  the journal's cost in time, in pairs", of: pairs.map(\.cost), .percent,
        aim: { .atMost(3, $0, "< 3") }),
      Figure("journal.cpu", "  its cost in the shell's CPU", of: pairs.map(\.processorCost), .percent),
    ].compactMap { $0 }
  }

  private func copy(
    _ table: Table, _ name: String, _ contents: BenchCluster.Contents, keepsJournal: Bool
  ) async throws -> CopyMeasurement {
    let measurement = try await CopyMeasurement.run(
      clusters, table: table, option: "--write_mode \(Self.mode)", into: name, partitions: options.partitions,
      contents: contents, keepsJournal: keepsJournal)
    guard measurement.shell.output.contains("none can be resumed") != keepsJournal else {
      throw BenchError("whether there is a journal does not fit:\n\(measurement.shell.output)")
    }
    return measurement
  }

  private static let mode = "put"
}
