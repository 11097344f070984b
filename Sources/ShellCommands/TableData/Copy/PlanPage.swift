import Copying
import EventLoop
import JSON
import PegasusClient
import Terminal

/// A plan of a shared copy, for people and for programs.
@LoopActor
struct PlanPage {
  private let plan: CopyPlan
  private let source: Table
  private let target: (cluster: String, table: String)
  private let style: Style

  init(_ plan: CopyPlan, source: Table, target: (cluster: String, table: String), style: Style) {
    self.plan = plan
    self.source = source
    self.target = target
    self.style = style
  }

  var text: String {
    var out = Report([shells, summary]).text(style: style)
    out += style(.heading, "[commands]") + "\n"
    for shell in plan.shells { out += command(shell) + "\n" }
    return out
  }

  private var shells: TextTable {
    let columns: [TextTable.Column] = [
      "shell", .right("partitions"), .right("rows"), .right("size"), .right("rate"), .right("rows_rate"),
      .right("time"), .right("memory"), .right("journal"),
    ]
    var table = TextTable("shells", columns: columns, json: .list)
    for shell in plan.shells {
      var row = [Cell.text("\(shell.number)")]
      row.append(.text("\(shell.partitions.count)"))
      row.append(.text(Format.grouped(Int(shell.rows))))
      row.append(.text(Format.size(Double(shell.bytes))))
      row.append(.text(Format.size(shell.bytesPerSecond) + "/s"))
      row.append(.text(Format.rate(shell.rowsPerSecond)))
      row.append(.text(Format.duration(.seconds(shell.seconds))))
      row.append(.text(Format.size(Double(shell.windowBytes))))
      row.append(.text(Format.size(Double(shell.journalBytes))))
      table.add(row: row)
    }
    return table
  }

  private var summary: TextTable {
    .fields(
      "summary",
      [
        "rows": .text(Format.grouped(Int(plan.rows))), "size": .text(Format.size(Double(plan.bytes))),
        "time": .text(Format.duration(.seconds(plan.seconds))), "decided_by": .text(bound),
        "busiest_source_server": .text(Format.size(plan.busiestSourceBytesPerSecond) + "/s"),
        "each_target_server": .text(Format.size(plan.targetBytesPerSecond) + "/s, and as much again for each replica"),
      ])
  }

  private var bound: String {
    switch plan.bound {
    case .shellBytes: "--mb_per_second_per_shell"
    case .shellRows: "--rows_per_second_per_shell"
    case .sourceServer(let server): "--mb_per_second_per_server, at the source's \(server)"
    case .targetServers: "--mb_per_second_per_server, at the target"
    }
  }

  /// What is typed on one machine. The shell limits itself; its part is verified by the same partitions.
  func command(_ shell: ShellPlan) -> String {
    let inside =
      "use \(source.name); copy_data -c \(target.cluster) -a \(target.table) -p \(PartitionSet(shell.partitions)) "
      + "--max_mb_per_second \(Self.megabytes(shell.bytesPerSecond))"
    return "pegasus-shell --cluster \(source.cluster.name) -c '\(inside)'"
  }

  /// Rounded down: a limit of the plan is not passed. Short, but never so that a slow shell would stand still.
  nonisolated static func megabytes(_ bytesPerSecond: Double) -> String {
    let value = bytesPerSecond / 1_048_576
    let decimals = value >= 100 ? 1 : value >= 1 ? 3 : 6
    let scale: Double = decimals == 1 ? 10 : decimals == 3 ? 1000 : 1_000_000
    return Format.fixed(max(1, (value * scale).rounded(.down)) / scale, decimals: decimals)
  }

  var json: JSONValue {
    .object([
      "source": .string("\(source.cluster.name):\(source.name)"),
      "target": .string("\(target.cluster):\(target.table)"), "rows": .integer(plan.rows),
      "bytes": .integer(plan.bytes), "seconds": .number(plan.seconds), "decided_by": .string(bound),
      "busiest_source_bytes_per_second": .number(plan.busiestSourceBytesPerSecond),
      "target_bytes_per_second": .number(plan.targetBytesPerSecond),
      "shells": .array(
        plan.shells.map { shell in
          .object([
            "shell": .int(shell.number), "partitions": .string("\(PartitionSet(shell.partitions))"),
            "partition_count": .int(shell.partitions.count), "rows": .integer(shell.rows),
            "bytes": .integer(shell.bytes), "bytes_per_second": .number(shell.bytesPerSecond),
            "rows_per_second": .number(shell.rowsPerSecond), "seconds": .number(shell.seconds),
            "window_bytes": .integer(shell.windowBytes), "journal_bytes": .integer(shell.journalBytes),
            "rows_again_after_death": .integer(shell.rowsAgainAfterDeath), "command": .string(command(shell)),
          ])
        }),
    ])
  }
}
