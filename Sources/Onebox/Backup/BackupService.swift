internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The backups of the cluster: those asked for once, and the policies.
@LoopActor
final class BackupService {
  private unowned let cluster: Cluster
  private var oneTime: [OneTimeBackup] = []
  private var policies: [String: BackupPolicy] = [:]

  init(_ cluster: Cluster) { self.cluster = cluster }

  private var directory: String { cluster.directory.path + "/meta/backup" }

  private func file(of policy: String) -> RecordFile<PolicyRecord> {
    RecordFile(path: "\(directory)/\(policy).json")
  }

  /// Reads the policies and goes on with what was interrupted. Throws what keeps the onebox from starting.
  func load() async throws {
    // Of uploads that a crash has ended.
    let leftovers = cluster.partitions.map { PartitionBackup.localDirectory(of: $0) }
    await BlockingPool.run { for directory in leftovers { Files.removeTree(directory) } }
    for name in Files.names(in: directory) where name.hasSuffix(".json") {
      let file = file(of: String(name.dropLast(5)))
      guard let record = try file.load() else { continue }
      let policy = BackupPolicy(record, file: file, cluster: cluster)
      policies[record.name] = policy
      policy.resume()
    }
  }

  /// Called every second, with the time in unix milliseconds.
  func tick(at now: Int64) {
    guard !cluster.options.disablesColdBackup else { return }
    // No two rounds that begin together have the same directory.
    var id = now
    for policy in policiesInOrder where policy.beginIfDue(at: id) { id += 1 }
  }

  func stop() async {
    for backup in oneTime { await backup.stop() }
    for policy in policies.values { await policy.stop() }
  }

  var policiesInOrder: [BackupPolicy] { policies.values.sorted { $0.record.name < $1.record.name } }

  // MARK: Once

  func start(_ request: StartBackupAppRequest) async -> StartBackupAppResponse {
    let id = request.appId
    func refused(_ err: ErrorCode, _ hint: String) -> StartBackupAppResponse {
      StartBackupAppResponse(err: err, hintMessage: hint)
    }
    guard let table = cluster.tables[id] else { return refused(.appNotExist, "") }
    guard !cluster.options.disablesColdBackup else { return refused(.serviceNotActive, "") }
    guard table.record.status == .available, !table.partitions.isEmpty else {
      return refused(.invalidState, "Backup failed: invalid app id \(id).")
    }
    guard let service = cluster.blockServices[request.backupProviderType] else {
      return refused(
        .invalidParameters, "Backup failed: invalid backup_provider_type \(request.backupProviderType).")
    }
    let path = request.backupPath ?? ""
    guard StoragePath.staysInside(path), StoragePath.staysInside(table.record.name) else {
      return refused(.invalidParameters, "Backup failed: invalid backup_path \(path).")
    }
    guard !oneTime.contains(where: { $0.work.tableID == id && $0.isRunning }) else {
      return refused(.invalidState, "Backup failed: app \(id) is actively being backed up.")
    }
    let work = TableBackup(
      id: newID(), table: table, tree: BackupTree(path: path, cluster: cluster.options.backupRoot), service: service,
      cluster: cluster)
    let backup = OneTimeBackup(work, provider: request.backupProviderType, path: path)
    // From here on the table is being backed up.
    oneTime.append(backup)
    do {
      try await work.writeMetadata(of: table)
    } catch {
      oneTime.removeAll { $0 === backup }
      Log.error("backup of table \(id): \(error)")
      return refused(.fsInternal, "Backup failed: could not backup metadata for app \(id).")
    }
    backup.start()
    return StartBackupAppResponse(
      err: .ok,
      hintMessage: "Backup succeed: metadata of app \(id) has been successfully backed up and backup request has been "
        + "sent to replica servers.", backupId: work.id)
  }

  /// No two backups have the same directory.
  private func newID() -> Int64 { max(WallClock.unixMilliseconds, (oneTime.last?.work.id ?? 0) + 1) }

  func query(_ request: QueryBackupStatusRequest) -> QueryBackupStatusResponse {
    guard cluster.tables[request.appId] != nil else { return QueryBackupStatusResponse(err: .appNotExist) }
    guard !cluster.options.disablesColdBackup else { return QueryBackupStatusResponse(err: .serviceNotActive) }
    let items = oneTime.filter {
      $0.work.tableID == request.appId && (request.backupId == nil || request.backupId == $0.work.id)
    }.map(\.item)
    guard !items.isEmpty else {
      return QueryBackupStatusResponse(
        err: .invalidParameters, hintMessage: "Backup not found, please check app_id or backup_id.")
    }
    return QueryBackupStatusResponse(
      err: .ok, hintMessage: "There are \(items.count) available backups for app \(request.appId).",
      backupItems: items)
  }

  // MARK: Policies

  func add(_ request: ConfigurationAddBackupPolicyRequest) -> ConfigurationAddBackupPolicyResponse {
    func refused(_ hint: String) -> ConfigurationAddBackupPolicyResponse {
      ConfigurationAddBackupPolicyResponse(err: .invalidParameters, hintMessage: hint)
    }
    guard !cluster.options.disablesColdBackup else {
      return ConfigurationAddBackupPolicyResponse(err: .serviceNotActive)
    }
    if let complaint = complaint(request) { return refused(complaint) }
    guard let start = PolicyStart(request.startTime) else { return refused("invalid start_time: \(request.startTime)") }
    let file = file(of: request.policyName)
    let record = PolicyRecord(
      name: request.policyName, provider: request.backupProviderType, intervalSeconds: request.backupIntervalSeconds,
      tables: Array(Set(request.appIds)).sorted(), historyCount: request.backupHistoryCountToKeep, start: start)
    do {
      try Files.makeDirectories(directory)
      try file.save(record)
    } catch {
      Log.error("cannot keep policy \(record.name): \(error)")
      return ConfigurationAddBackupPolicyResponse(err: .fileOperationFailed, hintMessage: "cannot keep the change")
    }
    policies[record.name] = BackupPolicy(record, file: file, cluster: cluster)
    return ConfigurationAddBackupPolicyResponse(err: .ok)
  }

  private func complaint(_ request: ConfigurationAddBackupPolicyRequest) -> String? {
    let reserveMinutes = cluster.metaSettings.number("cold_backup_checkpoint_reserve_minutes")
    if request.backupIntervalSeconds <= Int64(reserveMinutes) * 60 {
      return "backup interval must be larger than cold_backup_checkpoint_reserve_minutes=\(reserveMinutes)"
    }
    if request.backupIntervalSeconds < Self.shortestInterval {
      return "backup interval must be at least \(Self.shortestInterval) seconds"
    }
    let name = request.policyName
    guard let first = name.utf8.first, Self.isLetter(first),
      name.utf8.allSatisfy({ Self.isLetter($0) || (48...57).contains($0) }), !name.contains(BackupInfo.fileName)
    else { return "invalid policy_name \(name)" }
    if policies[name] != nil { return "policy \(name) exists" }
    for id in request.appIds where cluster.tables[id]?.record.status != .available { return "invalid app \(id)" }
    if request.appIds.isEmpty { return "no app" }
    if cluster.blockServices[request.backupProviderType] == nil {
      return "invalid backup_provider_type: \(request.backupProviderType)"
    }
    return request.backupHistoryCountToKeep > 0 ? nil : "invalid backup_history_count_to_keep"
  }

  private static let shortestInterval: Int64 = 86400

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
  }

  func query(_ request: ConfigurationQueryBackupPolicyRequest) -> ConfigurationQueryBackupPolicyResponse {
    guard !cluster.options.disablesColdBackup else {
      return ConfigurationQueryBackupPolicyResponse(err: .serviceNotActive)
    }
    let found = request.policyNames.isEmpty ? policiesInOrder : request.policyNames.compactMap { policies[$0] }
    // Names that are not there matter only when none is.
    if found.isEmpty, let name = request.policyNames.last {
      return ConfigurationQueryBackupPolicyResponse(err: .invalidParameters, hintMsg: "invalid policy_name \(name)")
    }
    return ConfigurationQueryBackupPolicyResponse(
      err: .ok, policys: found.map { Self.entry($0.record) },
      backupInfos: found.map { policy in
        policy.record.rounds.suffix(Int(max(request.backupInfoCount, 0))).reversed().map { round in
          BackupEntry(
            backupId: round.id, startTimeMs: round.id, endTimeMs: round.end, appIds: Set(round.tables.keys))
        }
      })
  }

  private static func entry(_ record: PolicyRecord) -> PolicyEntry {
    PolicyEntry(
      policyName: record.name, backupProviderType: record.provider,
      backupIntervalSeconds: "\(record.intervalSeconds)", appIds: Set(record.tables),
      backupHistoryCountToKeep: record.historyCount, startTime: record.start.description,
      isDisable: record.isDisabled)
  }

  /// What makes no sense is passed over, as real servers do.
  func modify(_ request: ConfigurationModifyBackupPolicyRequest) -> ConfigurationModifyBackupPolicyResponse {
    guard !cluster.options.disablesColdBackup else {
      return ConfigurationModifyBackupPolicyResponse(err: .serviceNotActive)
    }
    guard let policy = policies[request.policyName] else {
      return ConfigurationModifyBackupPolicyResponse(
        err: .invalidParameters, hintMessage: "invalid policy_name \(request.policyName)")
    }
    if request.isDisable == true, policy.isRunning, request.forceDisable != true {
      return ConfigurationModifyBackupPolicyResponse(err: .busy, hintMessage: "a backup of the policy is running")
    }
    do {
      try policy.change { record in
        let known = (request.addAppids ?? []).filter { cluster.tables[$0]?.record.status == .available }
        record.tables = Set(record.tables).union(known).subtracting(request.removalAppids ?? []).sorted()
        if let interval = request.newBackupIntervalSec, interval >= Self.shortestInterval {
          record.intervalSeconds = interval
        }
        if let count = request.backupHistoryCountToKeep, count > 0 { record.historyCount = count }
        if let start = request.startTime.flatMap({ PolicyStart($0) }) { record.start = start }
        if let isDisabled = request.isDisable { record.isDisabled = isDisabled }
      }
      return ConfigurationModifyBackupPolicyResponse(err: .ok)
    } catch {
      Log.error("cannot keep policy \(request.policyName): \(error)")
      return ConfigurationModifyBackupPolicyResponse(err: .fileOperationFailed, hintMessage: "cannot keep the change")
    }
  }
}
