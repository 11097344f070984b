import EventLoop
import PegasusClient

/// One copy by the shell.
struct CopyMeasurement: Sendable {
  let shell: MeasuredRun
  /// Processor time that the clusters used meanwhile.
  let sourceSeconds: Double
  let targetSeconds: Double

  /// Copies `table` into a new table of the target cluster, checks that nothing is missing or more there, and drops it.
  @LoopActor
  static func run(
    _ clusters: Clusters, table: Table, option: String, into name: String, partitions: Int,
    contents: BenchCluster.Contents, keepsJournal: Bool = true
  ) async throws -> CopyMeasurement {
    let copy = try await clusters.target.makeTable(name, partitions: partitions)
    try await clusters.settle()
    let (source, target) = (clusters.source.processorSeconds, clusters.target.processorSeconds)
    let shell = try await clusters.runShell(
      "use \(table.name); copy_data -c \(clusters.target.name) -a \(name) \(option)", keepsJournal: keepsJournal)
    let measurement = CopyMeasurement(
      shell: shell, sourceSeconds: clusters.source.processorSeconds - source,
      targetSeconds: clusters.target.processorSeconds - target)
    let found = try await clusters.target.contents(of: copy)
    guard found == contents else {
      throw BenchError(
        "the copy holds \(found.rows) rows with sum \(found.sum), the source \(contents.rows) with \(contents.sum):\n"
          + shell.output)
    }
    try await clusters.target.dropTable(name)
    return measurement
  }
}
