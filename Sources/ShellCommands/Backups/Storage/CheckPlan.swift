import Backups
import JSON

/// Everything a check of a backup is built from, as it stands in the journal.
struct CheckPlan: Sendable {
  static let version = 1

  var provider: String
  /// Where the storage is, for a comparison before a resume.
  var storage: String
  var location: BackupLocation
  /// Only these tables; nil: all.
  var tables: [Int32]?
  /// Whether the files are read and their MD5s compared.
  var readsFiles: Bool
  /// Files read side by side.
  var parallel: Int

  init(
    provider: String, storage: String, location: BackupLocation, tables: [Int32]?, readsFiles: Bool, parallel: Int
  ) {
    self.provider = provider
    self.storage = storage
    self.location = location
    self.tables = tables
    self.readsFiles = readsFiles
    self.parallel = parallel
  }

  var title: String { "\(provider) \(location.path)" }

  var parameters: JSONValue {
    .object([
      "provider": .string(provider), "storage": .string(storage), "root": .string(location.root),
      "backup_id": .integer(location.id), "tables": tables.map { .array($0.map { .int($0) }) } ?? .null,
      "md5": .bool(readsFiles), "parallel": .int(parallel),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    let fields = PlanFields(parameters)
    provider = try fields.text("provider")
    storage = try fields.text("storage")
    location = BackupLocation(root: try fields.text("root"), id: try fields.integer("backup_id"))
    tables = fields["tables"]?.elements.compactMap { $0.whole.flatMap { Int32(exactly: $0) } }
    readsFiles = fields.flag("md5")
    parallel = try fields.integer("parallel")
  }
}
