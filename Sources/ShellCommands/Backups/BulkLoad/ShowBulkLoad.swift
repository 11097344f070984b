import JSON
import CommandLineKit
import EventLoop
import Jobs
import PegasusClient
import PegasusProtocol
import Terminal

/// `query_bulk_load_status`
struct ShowBulkLoad: JobCommand {
  static let name = "query_bulk_load_status"
  static let aliases = ["bulk-load query"]
  static let summary = "show how far the bulk load of a table is, or how the last one ended"
  static let group = "Bulk load"
  static let effect = CommandEffect.reads
  static let discussion = """
    The last result is kept until the next load or until clear_bulk_load. --wait shows the load until it ends.
    """
  static let parameters: [Parameter<Self>] =
    [
      .option(\.table, "-a", "--app_name", value: "str", help: "the table", isRequired: true, completion: .table),
      .option(\.partition, "-i", "--partition_index", value: "num", help: "the status of this partition too"),
      .flag(\.isDetailed, "-d", "--detailed", help: "each partition; with -i each replica of it"),
      .flag(\.waits, "-w", "--wait", help: "wait until it ends, and show how far it is"),
    ] + OutputOptions.parameters.nested(in: \.format) + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("query_bulk_load_status -a users", "the whole"),
    CommandExample("query_bulk_load_status -a users -d", "each partition"),
    CommandExample("query_bulk_load_status -a users -i 3 -d", "the replicas of partition 3"),
  ]

  var table = ""
  var partition: Int?
  var isDetailed = false
  var waits = false
  var format = OutputOptions()
  var job = JobOptions()

  func validate() throws(UsageError) {
    if table.isEmpty { throw UsageError("app_name should not be empty", kind: .missingParameter) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let reply: QueryBulkLoadResponse
    do {
      reply = try await session.cluster().bulkLoadStatus(table: table)
    } catch let error as ClientError {
      throw BulkLoadRefusal.renamed(error, "query bulk load failed")
    }
    let state = BulkLoadState(reply)
    if waits || session.launchesInBackground {
      guard state.isLoading else { throw ShellError("table '\(table)' is not being loaded") }
      let plan = BulkLoadPlan(
        table: try await TableIdentity(of: session.cluster().table(table), in: try session.here()), request: nil)
      return try await session.launch(plan, job, asJSON: format.isJSON)
    }
    if let partition, !reply.partitionsStatus.indices.contains(partition) {
      throw ShellError(
        "query bulk load failed, error=ERR_INVALID_PARAMETERS [hint:\"invalid partition index\"]",
        advice: reply.partitionsStatus.isEmpty
          ? "no load of the table is known" : "0 to \(reply.partitionsStatus.count - 1) are there", status: .usage)
    }
    var sections: [TextTable] = []
    if isDetailed {
      if let partition {
        sections.append(replicas(of: partition, state))
      } else {
        sections.append(partitions(state))
      }
    }
    sections.append(summary(state))
    try session.output.table(sections, asJSON: format.isJSON, file: format.file)
    if let verdict = state.verdict, case .failed(let cause) = verdict {
      let advice = verdict.advice(ingestBehind: nil)
      session.output.note("the last load failed with \(cause.name)" + (advice.isEmpty ? "" : ": \(advice)"))
    }
  }

  private func summary(_ state: BulkLoadState) -> TextTable {
    var section = TextTable("summary")
    if let partition {
      section.add("partition_bulk_load_status", .text(state.reply.partitionsStatus[partition].name))
    }
    section.add("is_bulk_loading", Self.yes(state.isLoading))
    section.add("app_bulk_load_status", .text(state.status.name))
    if state.status == .failed || state.reply.err != .ok {
      section.add("bulk_load_err", .text(state.reply.err.name))
    }
    if state.status == .downloading { section.add("app_total_download_progress", Self.count(state.downloadProgress)) }
    if state.status == .ingesting { section.add("app_total_ingestion_progress", Self.count(state.ingestionProgress)) }
    return section
  }

  private func partitions(_ state: BulkLoadState) -> TextTable {
    let isEnded = [.canceled, .failed, .succeed].contains(state.status)
    let isDownloading = state.status == .downloading
    var columns: [TextTable.Column] = ["partition_index", "partition_status"]
    if isDownloading { columns.append("download_progress(%)") }
    if isEnded { columns.append("is_cleaned_up") }
    var section = TextTable("all partitions", columns: columns)
    for (index, status) in state.reply.partitionsStatus.enumerated() {
      var row: [Cell] = [.integer(index), .text(status.name)]
      if isDownloading { row.append(.integer(state.downloadProgress(of: index))) }
      if isEnded { row.append(Self.yes(state.isCleanedUp(index))) }
      section.add(row: row)
    }
    return section
  }

  private func replicas(of partition: Int, _ state: BulkLoadState) -> TextTable {
    var columns: [TextTable.Column] = ["partition_index", "node_address"]
    let cell: (PartitionBulkLoadState) -> Cell?
    switch state.status {
    case .downloading:
      columns.append("download_progress(%)")
      cell = { Self.count(Int($0.downloadProgress ?? 0)) }
    case .ingesting:
      columns.append("ingestion_status")
      cell = { .text(($0.ingestStatus ?? .invalid).name) }
    case .canceled, .failed, .succeed:
      columns.append("is_cleaned_up")
      cell = { Self.yes($0.isCleanedUp ?? false) }
    case .pausing, .paused:
      columns.append("is_paused")
      cell = { Self.yes($0.isPaused ?? false) }
    default: cell = { _ in nil }
    }
    var section = TextTable("single partition", columns: columns, json: .list)
    for replica in state.replicas(of: partition) {
      section.add(row: [.integer(partition), .text(replica.node)] + [cell(replica.state)].compactMap { $0 })
    }
    return section
  }

  private static func count(_ number: Int) -> Cell { .integer(number) }
  private static func yes(_ flag: Bool) -> Cell { .typed(flag ? "YES" : "NO", .bool(flag)) }
}
