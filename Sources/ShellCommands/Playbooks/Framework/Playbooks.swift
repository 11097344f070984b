/// The playbooks of this shell.
enum Playbooks {
  static let all: [Playbook] = [.migrateByBackup, .migrateByBulkLoad]

  /// The playbook of that name; nil for any other kind of job.
  static subscript(name: String) -> Playbook? { all.first { $0.name == name } }
}
