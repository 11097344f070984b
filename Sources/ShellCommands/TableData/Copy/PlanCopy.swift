import CommandLineKit
import Copying
import EventLoop
import JSON
import PegasusClient
import PegasusProtocol
import Terminal

/// `plan_copy`: how several shells share a copy, and what each of them has to be told.
struct PlanCopy: ShellCommand {
  static let name = "plan_copy"
  static let summary = "plan a copy that several shells share, and print a command line for each"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let discussion = """
    Asks the servers how many rows and bytes each partition holds, reads a sample of the rows for their size, and divides \
    the partitions so that all shells end together. The rate of each shell is chosen so that no limit is passed: that of a \
    shell, and that of a server; in the command lines it is rounded down. All of it is an estimate; nothing is written.

    A server's limit counts what it sends, or takes as primary, for the copy: replicas write as much again. Megabytes are \
    1048576 bytes of keys and values. docs/copying-100-terabytes.md works through an example.
    """
  static let parameters: [Parameter<Self>] = [
    .option(
      \.cluster, "-c", "--target_cluster_name", value: "str",
      help: "the target cluster, as the configuration names it", isRequired: true, completion: .cluster),
    .option(
      \.table, "-a", "--target_app_name", value: "str", help: "the target table", isRequired: true, completion: .table),
    .option(\.shells, "--shells", value: "num", help: "shells that work at the same time, one machine each"),
    .option(\.shellMegabytes, "--mb_per_second_per_shell", value: "num", help: "what one shell may write"),
    .option(\.shellRows, "--rows_per_second_per_shell", value: "num", help: "rows that one shell may write"),
    .option(
      \.serverMegabytes, "--mb_per_second_per_server", value: "num",
      help: "what one server may give for the copy, on either side; no limit when left out"),
    .option(
      \.tableGigabytes, "--table_gb", value: "num",
      help: "the size of the table's keys and values, where its servers do not tell it; partitions count as equal then"),
    .flag(\.isJSON, "-j", "--json", help: "the plan as JSON"),
  ]
  static let examples = [
    CommandExample("plan_copy -c ClusterB -a users --shells 20", "twenty shells, each with at most 100 MB/s"),
    CommandExample(
      "plan_copy -c ClusterB -a users --shells 20 --mb_per_second_per_server 40",
      "and no server gives more than 40 MB/s for it"),
  ]

  var cluster = ""
  var table = ""
  var shells = 4
  var shellMegabytes = 100.0
  var shellRows: Double?
  var serverMegabytes: Double?
  var tableGigabytes: Double?
  var isJSON = false

  func validate() throws(UsageError) {
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if !(1...10_000).contains(shells) { try refuse("shells should be between 1 and 10000") }
    if shellMegabytes <= 0
      || [shellRows, serverMegabytes, tableGigabytes].contains(where: { $0.map { $0 <= 0 } == true })
    {
      try refuse("a rate and a size should be greater than 0")
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let source = try session.table()
    let target = try await session.cluster(named: cluster).table(table)
    let alive = try await target.cluster.listNodes(status: .alive)
    _ = try await target.partitions()
    var options = CopyOptions()
    options.timeout = session.timeout
    let sample = try await CopyPreflight.sample(source, options: options)
    let loads = try loads(try await StorageEstimate(source).byPartition(), sample)
    var limits = PlanLimits(shells: shells, targetServers: alive.count, options: options)
    limits.bytesPerSecondPerShell = shellMegabytes * 1_048_576
    limits.rowsPerSecondPerShell = shellRows
    limits.bytesPerSecondPerSource = serverMegabytes.map { $0 * 1_048_576 }
    limits.bytesPerSecondPerTarget = limits.bytesPerSecondPerSource
    let plan: CopyPlan
    do throws(CopyPlanner.Invalid) {
      plan = try CopyPlanner(limits).plan(loads)
    } catch {
      throw ShellError(error.description)
    }
    let page = PlanPage(plan, source: source, target: (cluster, table), style: session.output.style)
    if isJSON || session.output.isJSON {
      session.output.json(page.json)
    } else {
      session.output.write(page.text)
    }
  }

  /// What the servers tell and the sample says of the size of a row; or what the operator says.
  private func loads(_ partitions: [StorageEstimate.Partition], _ sample: SourceSample?) throws -> [PartitionLoad] {
    let gigabyte = 1_073_741_824.0
    let rowBytes = sample?.bytesPerRow
    return try partitions.map { partition in
      let bytes: Double
      if let tableGigabytes {
        bytes = tableGigabytes * gigabyte / Double(partitions.count)
      } else if partition.rows == 0 {
        bytes = 0
      } else if let rows = partition.rows, let rowBytes {
        bytes = Double(rows) * rowBytes
      } else if let onDisk = partition.bytes {
        bytes = Double(onDisk)
      } else {
        throw ShellError(
          "the servers do not tell how much partition \(partition.index) holds",
          advice: "servers before 2.6 do not; --table_gb says it for them")
      }
      let counted = tableGigabytes == nil ? partition.rows : nil
      let rows = counted ?? rowBytes.map { Int64(min(bytes / max($0, 1), 1e18)) } ?? 0
      return PartitionLoad(
        partition: partition.index, rows: rows, bytes: Int64(min(bytes, 9e18)),
        server: partition.primary.map { "\($0)" } ?? "")
    }
  }
}
