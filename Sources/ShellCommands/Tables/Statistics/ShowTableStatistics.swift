package import CommandLineKit
import Configuration
import EventLoop
import PegasusClient
import PegasusProtocol
import RPC
import Terminal

/// `app_stat`
package struct ShowTableStatistics: ShellCommand {
  package static let name = "app_stat"
  package static let summary = "show requests per second, files and memory of tables or of the partitions of one"
  package static let group = "Tables"
  package static let effect = CommandEffect.reads
  package static let discussion = """
    Requests are per second; RCU to reject are what has come between two samples, --sample_interval_ms apart; the rest is \
    as it is at the end. delay and reject count throttled writes. Only primaries are counted.

    Servers up to 2.5 tell rates themselves, and RCU to reject since they last collected them; there is one sample then. \
    What a server does not tell is '-', and a table of which a server did not answer says so.
    """
  package static let parameters: [Parameter<Self>] =
    [
      .option(\.table, "-a", "--app_name", value: "str", help: "the partitions of this table", completion: .table),
      .flag(\.onlyRequests, "-q", "--only_qps", help: "without files and memory", exclusionGroup: "columns"),
      .flag(\.onlyUsage, "-u", "--only_usage", help: "without requests", exclusionGroup: "columns"),
      .option(
        \.interval, "-i", "--sample_interval_ms", value: "num",
        help: "milliseconds between the two samples; default from the configuration (1000)"),
    ] + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("app_stat", "all tables"), CommandExample("app_stat -a users -q", "where are the requests of one?"),
    CommandExample("app_stat -u -j", "files and memory, as JSON"),
  ]

  package var table: String?
  package var onlyRequests = false
  package var onlyUsage = false
  package var interval: Int?
  package var options = OutputOptions()

  package init() {}

  package func validate() throws(UsageError) {
    if let interval, !(1...3_600_000).contains(interval) {
      throw UsageError("sample_interval_ms: from 1 to 3600000 milliseconds", kind: .invalidValue)
    }
  }

  private var columns: [StatisticsColumn] {
    (onlyUsage ? [] : StatisticsColumn.requests) + (onlyRequests ? [] : StatisticsColumn.storage)
      + StatisticsColumn.shares
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let cluster = try session.cluster()
    var tables: [(name: String, routing: PartitionTable)] = []
    if let table {
      tables = [(table, try await session.routing(of: table))]
    } else {
      tables = try await mapConcurrently(try await cluster.listTables().map(\.appName)) { name in
        (name, try await cluster.table(name).router.refresh())
      }
    }
    let defaults = session.configuration.defaults
    let nodes = Set(tables.flatMap { $0.routing.partitions.compactMap(\.primary) })
    let samples = try await ReplicaSamples.take(
      Array(Set(columns.flatMap(\.metrics))).sorted(), of: Array(nodes),
      tableID: table == nil ? nil : tables.first?.routing.appID,
      pause: onlyUsage ? nil : .milliseconds(interval ?? defaults.nodesSampleIntervalMilliseconds),
      limit: .milliseconds(defaults.httpTimeoutMilliseconds), cluster)
    try session.show([table == nil ? section(of: tables, samples) : section(of: tables[0].routing, samples)], options)
    try tellMissing(tables.map(\.routing), samples, in: session)
  }

  private func section(of tables: [(name: String, routing: PartitionTable)], _ samples: ReplicaSamples) -> TextTable {
    var rows: [[Cell]] = []
    var total = ReplicaFigures()
    for table in tables.sorted(by: { $0.routing.appID < $1.routing.appID }) {
      var all = ReplicaFigures()
      for partition in table.routing.partitions {
        all += Self.figures(of: partition, table.routing, samples) ?? .init()
      }
      total += all
      rows.append([.text(table.name), .integer(table.routing.appID), .integer(table.routing.count)] + cells(all))
    }
    let count = tables.reduce(0) { $0 + $1.routing.count }
    rows.append([.text("(total:\(tables.count))"), .missing, .integer(count)] + cells(total))
    return .rows("app_stat", ["app_name", .right("app_id"), .right("pcount")] + heads, rows)
  }

  private func section(of table: PartitionTable, _ samples: ReplicaSamples) -> TextTable {
    var rows: [[Cell]] = []
    var total = ReplicaFigures()
    for partition in table.partitions {
      let figures = Self.figures(of: partition, table, samples) ?? .init()
      total += figures
      rows.append([.integer(partition.index)] + cells(figures))
    }
    rows.append([.text("(total:\(table.count))")] + cells(total))
    return .rows("app_stat", ["pidx"] + heads, rows)
  }

  private var heads: [TextTable.Column] { columns.map { .right($0.name) } }

  private func cells(_ figures: ReplicaFigures) -> [Cell] { columns.map { $0.cell(figures) } }

  private static func figures(
    of partition: PartitionTable.Partition, _ table: PartitionTable, _ samples: ReplicaSamples
  ) -> ReplicaFigures? {
    samples.figures(of: GPID(appID: table.appID, partitionIndex: partition.index), at: partition.primary)
  }

  /// What is added up from a part of the partitions is no sum of the table.
  @LoopActor
  private func tellMissing(_ tables: [PartitionTable], _ samples: ReplicaSamples, in session: Session) throws {
    for failure in samples.failures {
      session.output.warning("query app_stat metrics from node \(failure.node) failed, msg=\(failure.reason)")
    }
    let partitions = tables.flatMap { table in table.partitions.map { (table, $0) } }
    let missing = partitions.count { Self.figures(of: $0.1, $0.0, samples) == nil }
    guard missing > 0 else { return }
    throw ShellError(
      "\(missing) of \(partitions.count) partitions are not counted",
      advice: samples.failures.isEmpty ? "they have no primary, or it has just moved: try again" : "")
  }
}
