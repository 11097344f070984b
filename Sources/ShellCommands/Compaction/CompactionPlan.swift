import JSON

/// Everything a manual compaction is built from, as it stands in the journal.
struct CompactionPlan: Sendable {
  static let version = 1

  var table: TableIdentity
  /// Also rewrites the deepest level.
  var rewritesBottommost = false
  /// −1: the deepest one with rows.
  var targetLevel: Int32 = -1
  /// Partitions of a server at a time; 0: as many as the server likes.
  var maxRunning: Int32 = 0

  init(table: TableIdentity) { self.table = table }

  var title: String { table.title }

  var parameters: JSONValue {
    .object([
      "table": table.json, "bottommost": .bool(rewritesBottommost), "target_level": .int(targetLevel),
      "max_running_count": .int(maxRunning),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    table = try TableIdentity(fields["table"])
    rewritesBottommost = fields.flag("bottommost")
    targetLevel = try fields.integer("target_level")
    maxRunning = try fields.integer("max_running_count")
  }
}
