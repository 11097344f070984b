internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

extension MetaServer {
  private static let longestPartitionCount: Int32 = 1024
  private static let defaultReserveSeconds: Int64 = 604_800

  /// Answers when every partition is open; the table is healthy at once.
  func createTable(_ request: ConfigurationCreateAppRequest) async -> ConfigurationCreateAppResponse {
    let options = request.options
    let name = request.appName
    guard cluster.level.rawValue > MetaFunctionLevel.freezed.rawValue else {
      return ConfigurationCreateAppResponse(err: .stateFreezed)
    }
    guard (1...Self.longestPartitionCount).contains(options.partitionCount),
      (1...Int32(clamping: cluster.nodes.count)).contains(options.replicaCount),
      EnvironmentRules.acceptsAtCreation(options.envs)
    else { return ConfigurationCreateAppResponse(err: .invalidParameters) }
    if let table = cluster.table(named: name) { return existing(table, options) }
    let record = TableRecord(
      id: cluster.nextTableID, name: name, partitionCount: options.partitionCount,
      replicaCount: options.replicaCount, environment: options.envs,
      atomicIdempotent: options.atomicIdempotent ?? false, createSecond: WallClock.unixSeconds)
    cluster.nextTableID += 1
    let table = Table(record)
    // From here on the name is taken, while the partitions open.
    cluster.tables[record.id] = table
    do {
      try await cluster.open(table)
      try cluster.save()
      return ConfigurationCreateAppResponse(err: .ok, appid: record.id)
    } catch {
      Log.error("cannot create table '\(name)': \(error)")
      await cluster.close(table)
      cluster.tables[record.id] = nil
      await removeFiles(of: table)
      return ConfigurationCreateAppResponse(err: ErrorCode(storing: error))
    }
  }

  private func existing(_ table: Table, _ options: CreateAppOptions) -> ConfigurationCreateAppResponse {
    guard table.partitions.count == Int(table.record.partitionCount) else {
      return ConfigurationCreateAppResponse(err: .busyCreating)
    }
    guard options.successIfExist else { return ConfigurationCreateAppResponse(err: .appExist) }
    let isEqual =
      options.partitionCount == table.record.partitionCount && options.replicaCount == table.record.replicaCount
      && options.envs == table.record.environment
    return ConfigurationCreateAppResponse(
      err: isEqual ? .ok : .invalidParameters, appid: isEqual ? table.record.id : 0)
  }

  /// The data stays for the reserve time and can be recalled.
  func dropTable(_ request: ConfigurationDropAppRequest) async -> ConfigurationDropAppResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ConfigurationDropAppResponse(err: request.options.successIfNotExist ? .ok : .appNotExist)
    }
    if restores.isRestoring(table) {
      await restores.cancel(table)
    } else {
      guard isSettled(table) else { return ConfigurationDropAppResponse(err: .busyCreating) }
    }
    await bulkLoads.forget(table)
    // It may have been dropped by somebody else meanwhile.
    guard table.record.status == .available else { return ConfigurationDropAppResponse(err: .appNotExist) }
    let before = table.record
    let reserve = request.options.reserveSeconds.flatMap { $0 > 0 ? $0 : nil } ?? Self.defaultReserveSeconds
    table.record.status = .dropped
    table.record.dropSecond = WallClock.unixSeconds
    table.record.expireSecond = table.record.dropSecond.addingReportingOverflow(reserve).partialValue
    if table.record.expireSecond < table.record.dropSecond { table.record.expireSecond = .max }
    guard saved() else {
      table.record = before
      return ConfigurationDropAppResponse(err: .fileOperationFailed)
    }
    await cluster.close(table)
    return ConfigurationDropAppResponse(err: .ok)
  }

  func recallTable(_ request: ConfigurationRecallAppRequest) async -> ConfigurationRecallAppResponse {
    func refused(_ reason: ErrorCode) -> ConfigurationRecallAppResponse {
      ConfigurationRecallAppResponse(err: reason, info: AppInfo())
    }
    guard let table = cluster.tables[request.appId] else { return refused(.appNotExist) }
    guard table.record.status == .dropped else { return refused(.appExist) }
    guard table.record.expireSecond > WallClock.unixSeconds else { return refused(.appNotExist) }
    let name = request.newAppName.isEmpty ? table.record.name : request.newAppName
    guard cluster.table(named: name) == nil else { return refused(.invalidParameters) }
    guard table.partitions.isEmpty, !table.isClosing else { return refused(.busyDropping) }
    // Parts of it were never there. A real server dies of this.
    guard table.record.restore?.isComplete ?? true else { return refused(.invalidState) }
    let before = table.record
    table.record.status = .available
    table.record.name = name
    do {
      try await cluster.open(table)
      try cluster.save()
      return ConfigurationRecallAppResponse(err: .ok, info: table.info)
    } catch {
      Log.error("cannot recall table \(request.appId): \(error)")
      table.record = before
      await cluster.close(table)
      return refused(ErrorCode(storing: error))
    }
  }

  /// Durable before the answer, and the old name is gone.
  func renameTable(_ request: ConfigurationRenameAppRequest) -> ConfigurationRenameAppResponse {
    guard let table = cluster.table(named: request.oldAppName) else {
      return ConfigurationRenameAppResponse(
        err: .appNotExist, hintMessage: "ERROR: app(\(request.oldAppName)) not exist!")
    }
    guard cluster.table(named: request.newAppName) == nil else {
      return ConfigurationRenameAppResponse(
        err: .invalidParameters, hintMessage: "ERROR: app(\(request.newAppName)) already exist!")
    }
    guard isSettled(table) else { return ConfigurationRenameAppResponse(err: .busyCreating) }
    table.record.name = request.newAppName
    guard saved() else {
      table.record.name = request.oldAppName
      return ConfigurationRenameAppResponse(err: .fileOperationFailed, hintMessage: "cannot keep the change")
    }
    return ConfigurationRenameAppResponse(err: .ok)
  }

  /// Removes dropped tables whose reserve time is over.
  func purgeExpiredTables() async {
    let now = WallClock.unixSeconds
    for table in cluster.tablesInOrder
    where table.record.status == .dropped && table.record.expireSecond <= now && table.partitions.isEmpty
      && !table.isClosing
    {
      cluster.tables[table.record.id] = nil
      guard saved() else {
        cluster.tables[table.record.id] = table
        continue
      }
      await removeFiles(of: table)
    }
  }

  private func removeFiles(of table: Table) async {
    let plans = (0..<table.record.partitionCount).map { cluster.plan(for: table, index: $0) }
    let directories = plans.flatMap { [$0.directory, PartitionRestore.scratch(of: $0)] }
    await BlockingPool.run { for directory in directories { Files.removeTree(directory) } }
  }

  /// False while the table's partitions are being opened.
  private func isSettled(_ table: Table) -> Bool { table.partitions.count == Int(table.record.partitionCount) }
}
