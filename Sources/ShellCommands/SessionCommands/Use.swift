import JSON
import PegasusProtocol
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient

/// `use`: the table that data commands work on.
package struct Use: ShellCommand {
  package static let name = "use"
  package static let summary = "choose the table that data commands work on, or show it"
  package static let group = "Session"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = [
    .argument(\.table, "app_name", help: "the table; shows the current one when left out", completion: .table)
  ]
  package static let examples = [
    CommandExample("use temp", "get, set and the others work on table temp"),
    CommandExample("use", "which table is it?"),
  ]

  package var table: String?

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    guard let table else {
      guard let current = session.tableName else {
        throw UsageError("Current app not specified.", usage: "use [app_name]")
      }
      if session.output.isJSON {
        session.output.json(.object(["app_name": .string(current)]))
      } else {
        session.output.line("Current app: \(current)")
      }
      return
    }
    try await session.choose(table: table)
    if session.output.isJSON {
      session.output.json(.object(["app_name": .string(table)]))
    } else {
      session.output.line("OK")
    }
  }
}

extension Session {
  /// Makes a table the current one after looking whether it is there.
  ///
  /// - Throws: `ShellError` that names the tables there are; `ClientError` when the cluster does not answer
  package func choose(table: String) async throws {
    try await requireTable(table)
    tableName = table
  }

  /// - Throws: `ShellError` that names the tables there are when that one is not among them
  package func requireTable(_ table: String) async throws {
    let tables = try await cluster().listTables().map(\.appName).sorted()
    names.setTables(tables, of: clusterName)
    guard !tables.contains(table) else { return }
    throw Self.missing(table, in: clusterName, among: tables)
  }

  nonisolated static func missing(_ table: String, in cluster: String, among tables: [String]) -> ShellError {
    let nearest = EditDistance.nearest(to: table, among: tables).map { "did you mean '\($0)'? " } ?? ""
    let shown = tables.prefix(20).joined(separator: ", ") + (tables.count > 20 ? ", …" : "")
    return ShellError(
      "table '\(table)' does not exist in cluster '\(cluster)'",
      advice: tables.isEmpty ? "it has no tables; 'create' makes one" : "\(nearest)there are: \(shown)")
  }
}
