import EventLoop
import PegasusProtocol

extension Playbook {
  /// `migrate_by_bulk_load`
  static let migrateByBulkLoad = Playbook("migrate_by_bulk_load", writes: { [try BulkLoadMigration($0).base.write] }) {
    parameters, session, occasion in
    let plan = try BulkLoadMigration(parameters)
    let base = plan.base
    let sides = try await MigrationSides(base, occasion, in: session)
    try await CreateTableAct.compare(occasion, in: session)
    let source = try session.storage(base.backup.provider)
    let storage = try session.storage(plan.files.provider)
    var changes = PlanChanges()
    try MigrationSides.compare(storage, with: plan.files.storage, occasion, &changes)
    if let occasion = occasion.job {
      try changes.refuse(occasion, advice: "'undo' takes back what was done; then the migration begins anew")
    }
    let create = CreateTableAct(NewTable(plan), sides)
    let limit = base.limits.isEmpty ? nil : LimitAct(sides)
    let backup = BackupAct(sides)
    let split = SplitAct(create, backup, sides, plan.files, from: source, to: storage)
    var acts: [any PlaybookAct] = [create, ScenarioAct(create)]
    if plan.isBehind {
      let dualWrite = DualWriteAct(plan, isInteractive: session.options.isInteractive, sides)
      try await dualWrite.ask(occasion, in: session)
      acts.append(dualWrite)
    }
    if let limit { acts.append(limit) }
    acts += [
      backup, CheckAct(backup, sides), split, LoadAct(create, split, sides, on: storage),
      CompactAct(create, sides, maxRunning: plan.maxCompactions), ResetAct(create),
    ]
    if !plan.takesExisting { acts.append(EnvironmentAct(plan.carried, sides, isRestored: false)) }
    if let limit { acts.append(LimitBackAct(limit, sides)) }
    if let verify = base.verify { acts.append(VerifyAct(sides, verify, isMixed: plan.takesExisting)) }
    if plan.cleans { acts.append(CleanAct(split, on: storage)) }
    return PreparedPlaybook(
      title: plan.title,
      headline: "Table '\(base.source.table)' of \(base.source.cluster) is in \(base.target.name) as '\(base.table)', "
        + "\(plan.partitionCount) partitions.", acts: acts
    ) { try await MigrationLook(sides, .bulkLoad(plan)).sight() }
  }
}
