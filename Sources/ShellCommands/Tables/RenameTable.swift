import JSON
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient

/// `rename`
package struct RenameTable: ShellCommand {
  package static let name = "rename"
  package static let summary = "rename a table"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let mayAsk = true
  package static let discussion = "It waits until the cluster knows the table by its new name alone."
  package static let parameters: [Parameter<Self>] = [
    .argument(\.old, "old_app_name", help: "the table", completion: .table),
    .argument(\.new, "new_app_name", help: "its new name"),
  ]
  package static let examples = [CommandExample("rename temp temp_old", "clients that use temp lose it")]

  package var old = ""
  package var new = ""

  package init() {}

  package func validate() throws(UsageError) {
    try TableName.check(new)
    if old == new { throw UsageError("the new name is the old one", kind: .invalidValue) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    try await session.requireTable(old)
    try await session.requireConfirmation(
      "Rename table '\(old)' of cluster '\(session.clusterName)' to '\(new)'?", effect: Self.effect)
    try await session.cluster().renameTable(old, to: new)
    if session.tableName == old { session.tableName = new }
    if session.output.isJSON {
      session.output.json(["old_app_name": .string(old), "new_app_name": .string(new)])
    } else {
      session.output.line("rename app ok, old_app_name(\(old)), new_app_name(\(new))")
    }
  }
}
