import EventLoop

extension Playbook {
  /// `migrate_by_backup`
  static let migrateByBackup = Playbook("migrate_by_backup", writes: { [try MigrationPlan($0).write] }) {
    parameters, session, occasion in
    let plan = try MigrationPlan(parameters)
    let sides = try await MigrationSides(plan, occasion, in: session)
    let limit = plan.limits.isEmpty ? nil : LimitAct(sides)
    let backup = BackupAct(sides)
    let restore = RestoreAct(backup, sides)
    var acts: [any PlaybookAct] = []
    if let limit { acts.append(limit) }
    acts += [
      backup, CheckAct(backup, sides), restore,
      EnvironmentAct(CarriedEnvironment(plan.environment), sides, isRestored: true) { restore.appID },
    ]
    if let limit { acts.append(LimitBackAct(limit, sides)) }
    if let verify = plan.verify { acts.append(VerifyAct(sides, verify)) }
    return PreparedPlaybook(
      title: plan.title,
      headline: "Table '\(plan.source.table)' of \(plan.source.cluster) is in \(plan.target.name) as '\(plan.table)'.",
      acts: acts
    ) { try await MigrationLook(sides, .restore).sight() }
  }
}
