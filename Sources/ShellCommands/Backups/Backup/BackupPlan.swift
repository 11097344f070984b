import BackupLayout
import Backups
import JSON

/// Everything a one-time backup is built from, as it stands in the journal.
struct BackupPlan: Sendable {
  static let version = 1

  var table: TableIdentity
  var provider: String
  /// What the operator put in front of everything else; nil: nothing.
  var path: String?
  /// The servers' `cold_backup_root`; nil: they did not tell.
  var coldRoot: String?
  /// One that is under way already and only watched; nil: it is begun.
  var backupID: Int64?

  init(table: TableIdentity, provider: String, path: String?, coldRoot: String?, backupID: Int64? = nil) {
    self.table = table
    self.provider = provider
    self.path = path
    self.coldRoot = coldRoot
    self.backupID = backupID
  }

  var title: String { "\(table.title) -> \(StoragePath.join(provider, path ?? ""))" }

  var parameters: JSONValue {
    .object([
      "table": table.json, "provider": .string(provider), "path": .optional(path),
      "cold_backup_root": .optional(coldRoot),
      "backup_id": backupID.map { .integer($0) } ?? .null,
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    table = try TableIdentity(fields["table"])
    provider = try fields.text("provider")
    path = fields.optionalText("path")
    coldRoot = fields.optionalText("cold_backup_root")
    backupID = fields.optionalInteger("backup_id")
  }

  /// Where the backup lies on its storage; nil when the servers did not tell.
  func location(of id: Int64) -> BackupLocation? {
    coldRoot.map { BackupLocation(root: StoragePath.join(path ?? "", $0), id: id) }
  }

  /// The line that brings the table back.
  func restoreLine(of id: Int64) -> String {
    "restore -c \(coldRoot ?? "<cold_backup_root of the servers>") -a \(table.table) -i \(table.appID) -t \(id) "
      + "-b \(provider)" + (path.map { " -r \(asTyped($0))" } ?? "")
  }
}
