internal import BackupLayout
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The bulk loads of the cluster: at most one of each table, with the result of its last one.
@LoopActor
final class BulkLoadService {
  private unowned let cluster: Cluster
  private var loads: [Int32: BulkLoad] = [:]
  /// Tables whose load is being started.
  private var starting: Set<Int32> = []

  init(_ cluster: Cluster) { self.cluster = cluster }

  private var directory: String { cluster.directory.path + "/meta/bulk_load" }

  private func file(_ tableID: Int32) -> RecordFile<BulkLoadRecord> {
    RecordFile(path: "\(directory)/\(tableID).json")
  }

  /// Goes on with what was interrupted. Throws what keeps the onebox from starting.
  func load() throws {
    for name in Files.names(in: directory) where name.hasSuffix(".json") {
      guard let id = Int32(name.dropLast(5)), let record = try file(id).load() else { continue }
      guard let table = cluster.tables[id], table.record.status == .available,
        table.partitions.count == record.parts.count, let service = cluster.blockServices[record.provider]
      else {
        file(id).remove()
        continue
      }
      let load = BulkLoad(record, table: table, service: service, file: file(id), cluster: cluster)
      loads[id] = load
      if record.isRunning { load.resume() }
    }
  }

  func stop() async {
    for load in loads.values { await load.stop() }
  }

  /// The table is being dropped.
  func forget(_ table: Table) async {
    guard let load = loads.removeValue(forKey: table.record.id) else { return }
    await load.stop()
    table.isBulkLoading = false
    file(table.record.id).remove()
    let directories = table.partitions.indices.map { load.localDirectory($0) }
    await BlockingPool.run { for directory in directories { Files.removeTree(directory) } }
  }

  // MARK: Start

  func start(_ request: StartBulkLoadRequest) async -> StartBulkLoadResponse {
    func refused(_ err: ErrorCode, _ hint: String) -> StartBulkLoadResponse {
      StartBulkLoadResponse(err: err, hintMsg: hint)
    }
    let asked = cluster.table(named: request.appName)
    let others = Set(loads.filter { $0.value.record.isRunning }.map(\.key)).union(starting)
    let isAlone = others.allSatisfy { $0 == asked?.record.id }
    guard isAlone || cluster.metaSettings.isOn(RemoteSettings.enableConcurrentBulkLoad) else {
      return refused(.busy, "meta server is busy now, please wait")
    }
    guard let table = asked, table.partitions.count == Int(table.record.partitionCount) else {
      return refused(.appNotExist, "app not existed is ")
    }
    let id = table.record.id
    guard !others.contains(id) else {
      return refused(.busy, "app(\(request.appName)) is already executing bulk load, please wait")
    }
    guard !request.ingestBehind || table.settings.allowsIngestBehind else {
      return refused(.inconsistentState, "inconsistent ingestion behind option")
    }
    guard let service = cluster.blockServices[request.fileProviderType] else {
      return refused(.invalidParameters, "invalid file_provider")
    }
    let record = BulkLoadRecord(
      id: WallClock.unixMilliseconds, tableID: id, tableName: request.appName, cluster: request.clusterName,
      provider: request.fileProviderType, root: request.remoteRootPath, ingestsBehind: request.ingestBehind,
      parts: Array(repeating: BulkLoadRecord.Part(), count: Int(table.record.partitionCount)))
    starting.insert(id)
    defer { starting.remove(id) }
    let path = record.tree.info
    let info: BulkLoadInfo
    do {
      info = try await BlockingPool.run { try BulkLoadInfo(contents: try service.read(path)) }
    } catch is DocumentError {
      return refused(.corruption, "bulk_load_info damaged")
    } catch {
      return refused(ErrorCode(moving: error), "read bulk_load_info failed")
    }
    guard info.tableID == id, info.partitionCount == table.record.partitionCount else {
      return refused(.inconsistentState, "app_id or partition_count is inconsistent")
    }
    guard cluster.tables[id] === table, table.record.status == .available else {
      return refused(.appNotExist, "app not existed is ")
    }
    return begin(record, table, service)
  }

  private func begin(_ record: BulkLoadRecord, _ table: Table, _ service: LocalBlockService) -> StartBulkLoadResponse {
    let load = BulkLoad(record, table: table, service: service, file: file(table.record.id), cluster: cluster)
    do {
      try Files.makeDirectories(directory)
      try load.keep()
    } catch {
      Log.error("cannot keep the bulk load of table \(table.record.id): \(error)")
      table.isBulkLoading = false
      return StartBulkLoadResponse(err: .fileOperationFailed, hintMsg: "cannot keep the change")
    }
    loads[table.record.id] = load
    // As on real servers, and nobody puts it back.
    cluster.level = .steady
    load.start()
    return StartBulkLoadResponse(err: .ok)
  }

  // MARK: Query and control

  func query(_ request: QueryBulkLoadRequest) -> QueryBulkLoadResponse {
    guard let table = cluster.table(named: request.appName) else {
      return QueryBulkLoadResponse(err: .appNotExist, appName: request.appName, hintMsg: Self.missing(request.appName))
    }
    let load = loads[table.record.id]
    let count = Int(table.record.partitionCount)
    var response = QueryBulkLoadResponse(
      err: .ok, appName: request.appName, appStatus: load?.status ?? .invalid,
      partitionsStatus: load?.record.parts.map { BulkLoadStatus(rawValue: $0.status) }
        ?? Array(repeating: .invalid, count: count),
      maxReplicaCount: table.record.replicaCount, isBulkLoading: load?.record.isRunning ?? false)
    guard let load, load.record.isRunning else {
      response.bulkLoadStates = Array(repeating: [:], count: count)
      response.hintMsg = "app(\(request.appName)) is not during bulk load, return last time result"
      if let failure = load?.record.failure, !failure.isEmpty { response.err = ErrorCode(name: failure) }
      return response
    }
    for (index, partition) in table.partitions.enumerated() {
      let state = load.state(of: index)
      var byAddress: [RPCAddress: PartitionBulkLoadState] = [:]
      var byName: [HostPort: PartitionBulkLoadState] = [:]
      for node in [partition.primary] + cluster.secondaryNodes(of: partition) {
        byAddress[cluster.nodes[node].address] = state
        byName[cluster.nodes[node].hostPort] = state
      }
      response.bulkLoadStates.append(byAddress)
      if cluster.options.sendsHostPorts {
        response.hpBulkLoadStates = (response.hpBulkLoadStates ?? []) + [byName]
      }
    }
    return response
  }

  private static func missing(_ name: String) -> String { "app(\(name)) is not existed or not available" }

  func control(_ request: ControlBulkLoadRequest) -> ControlBulkLoadResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ControlBulkLoadResponse(err: .appNotExist, hintMsg: Self.missing(request.appName))
    }
    guard let load = loads[table.record.id], load.record.isRunning else {
      return ControlBulkLoadResponse(
        err: .inactiveState, hintMsg: "app(\(request.appName)) is not executing bulk load")
    }
    guard let refusal = load.control(request.type) else { return ControlBulkLoadResponse(err: .ok) }
    return ControlBulkLoadResponse(err: .invalidState, hintMsg: refusal)
  }

  func clear(_ request: ClearBulkLoadStateRequest) -> ClearBulkLoadStateResponse {
    let name = request.appName
    guard let table = cluster.table(named: name) else {
      return ClearBulkLoadStateResponse(err: .appNotExist, hintMsg: Self.missing(name))
    }
    if loads[table.record.id]?.record.isRunning == true || starting.contains(table.record.id) {
      return ClearBulkLoadStateResponse(err: .invalidState, hintMsg: "app(\(name)) is executing bulk load")
    }
    loads[table.record.id] = nil
    file(table.record.id).remove()
    return ClearBulkLoadStateResponse(
      err: .ok, hintMsg: "clear app(\(name)) bulk load result succeed, remove bulk load dir succeed")
  }
}

extension BulkLoad {
  /// What the servers of a partition tell of it: what belongs to the present state.
  fileprivate func state(of index: Int) -> PartitionBulkLoadState {
    let part = parts[index]
    var state = PartitionBulkLoadState(
      downloadProgress: nil, downloadStatus: nil, ingestStatus: nil, isCleanedUp: nil, isPaused: nil)
    switch status {
    case .downloading, .downloaded:
      state.downloadProgress = part.progress
      state.downloadStatus = part.downloadCode == .busy ? .ok : part.downloadCode
    case .ingesting: state.ingestStatus = part.ingestion
    case .pausing, .paused: state.isPaused = part.isPaused
    default: state.isCleanedUp = part.isCleanedUp
    }
    return state
  }
}
