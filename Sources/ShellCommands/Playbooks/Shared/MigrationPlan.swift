import Backups
import Copying
import JSON

/// What every migration by way of a backup is built from, as it stands in the journal.
struct MigrationPlan: Sendable {
  /// The source, and how it is backed up.
  var backup: BackupPlan
  /// How this shell reaches the storage, told so that a later look can say whether it is still the same; nil: it does not.
  var storage: String?
  var target: ClusterIdentity
  /// What the new table is called.
  var table: String
  /// In the order in which they are set.
  var limits: [LimitWish]
  /// Whether the files of the backup are read and their MD5s compared.
  var readsFiles: Bool
  /// How both tables are compared at the end; nil: they are not.
  var verify: VerifyOptions?
  /// The source's variables, as they were when the migration was planned.
  var environment: [String: String]

  init(
    backup: BackupPlan, storage: String?, target: ClusterIdentity, table: String, limits: [LimitWish], readsFiles: Bool,
    verify: VerifyOptions?, environment: [String: String]
  ) {
    self.backup = backup
    self.storage = storage
    self.target = target
    self.table = table
    self.limits = limits
    self.readsFiles = readsFiles
    self.verify = verify
    self.environment = environment
  }

  var source: TableIdentity { backup.table }
  /// "ClusterA:users -> ClusterB:users".
  var title: String { "\(source.title) -> \(target.name):\(table)" }
  /// "ClusterB:users".
  var targetTitle: String { "\(target.name):\(table)" }

  /// The new table; that it is there is not needed.
  var write: TableWrite { TableWrite(name: table, in: target) }

  var json: JSONValue {
    .object([
      "backup": backup.parameters, "storage": .optional(storage), "target": target.json, "table": .string(table),
      "limits": .array(limits.map(\.json)), "md5": .bool(readsFiles), "verify": verify?.json ?? .null,
      "envs": .object(environment.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) }),
    ])
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue?) throws(ShellError) {
    let fields = PlanFields(json ?? .null)
    backup = try BackupPlan(fields["backup"] ?? .null)
    storage = fields.optionalText("storage")
    target = try ClusterIdentity(fields["target"])
    table = try fields.text("table")
    limits = []
    for wish in fields["limits"]?.elements ?? [] { limits.append(try LimitWish(wish)) }
    readsFiles = fields.flag("md5")
    verify = try fields["verify"].map { json throws(ShellError) in try VerifyOptions(json) }
    environment = [:]
    if case .object(let members)? = fields["envs"] {
      for member in members { environment[member.key] = member.value.text }
    }
  }
}
