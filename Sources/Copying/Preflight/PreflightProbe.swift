import EventLoop
import PegasusClient
import PegasusProtocol
import RPC

/// Asks one side of a copy everything at once, each question with a short limit. What is not answered stays unknown; only
/// a cluster that does not answer at all is a failure.
@LoopActor
final class PreflightProbe {
  /// What is asked of this side beyond what is asked of every one.
  enum Kind { case source, target, geo }

  private let table: Table
  private let kind: Kind
  private let options: CopyOptions
  private let limit: Duration
  private(set) var side: PreflightSide
  private var cluster: ClusterClient { table.cluster }

  init(_ table: Table, _ kind: Kind, _ options: CopyOptions, limit: Duration) {
    self.table = table
    self.kind = kind
    self.options = options
    self.limit = limit
    side = PreflightSide(
      cluster: table.cluster.name, metaServers: table.cluster.meta.addresses.map { "\($0)" }, table: table.name)
  }

  /// Whether the table is there, and where its partitions are.
  ///
  /// - Throws: `ClientError` when the cluster cannot be asked
  func lookUp() async throws(ClientError) {
    let known: PartitionTable
    do throws(ClientError) {
      known = try await table.router.refresh()
    } catch {
      switch error.reason {
      case .noSuchTable: return
      case .refused: side.refusal = error.cause
      default: throw error
      }
      return
    }
    side.exists = true
    side.tableID = known.appID
    side.partitionCount = known.count
    side.replicaCount = known.partitions.map(\.maxReplicaCount).max() ?? 0
    side.splitting = known.partitions.filter { $0.ballot < 0 }.map(\.index)
    let usable = known.partitions.filter { $0.ballot >= 0 }
    side.unhealthy = usable.filter { !$0.isFullyHealthy }.map(\.index)
    side.unwritable = usable.filter(\.isWriteUnhealthy).map(\.index)
    side.unreadable = usable.filter { $0.primary == nil }.map(\.index)
  }

  /// Everything else, at once. Does nothing for a table that is not there.
  ///
  /// - Parameter sourcePartitions: how many partitions the source of the copy has
  func askAll(sourcePartitions: Int) async {
    guard side.exists, let known = table.router.table else { return }
    let servers = Array(Set(known.partitions.compactMap(\.primary)))
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.askPresence(sourcePartitions: sourcePartitions) }
      guard kind != .geo else { return }
      group.addTask { await self.askTable() }
      group.addTask { await self.askNodes() }
      group.addTask { await self.askMetaLevel() }
      group.addTask { await self.askSplit() }
      group.addTask { await self.askVersions(servers) }
      group.addTask { await self.askSizes() }
      guard let one = servers.first else { return }
      group.addTask { await self.askDataVersions(one) }
      if kind == .target { group.addTask { await self.askWriteSize(one) } }
    }
  }

  /// What concerns the cluster alone, whether or not the table is there.
  func askCluster() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.askNodes() }
      group.addTask { await self.askMetaLevel() }
      group.addTask { await self.askAllVersions() }
    }
  }

  // MARK: The questions

  private func askPresence(sourcePartitions: Int) async {
    side.presence = await answer { () async throws(ClientError) in
      // Whether the source's rows pass a filter cannot be told from the beginning of its partitions.
      let filter = self.kind == .target ? self.options.filter : RowFilter()
      let part = self.kind == .geo ? nil : self.options.partitions.map { (chosen: Set($0), of: sourcePartitions) }
      return try await RowProbe(self.table, filter: filter, part: part, limit: self.limit).run()
    }
  }

  private func askTable() async {
    let found = await answer { () async throws(ClientError) in
      try await self.cluster.tableInfo(self.table.name, timeout: self.limit)
    }
    switch found {
    case .unknown(let reason):
      side.environment = .unknown(reason)
      side.duplications = .unknown(reason)
      side.isBulkLoading = .unknown(reason)
    case .known(nil):
      side.environment = .unknown("the table is not in the cluster's list")
    case .known(let info?):
      side.environment = .known(info.envs)
      side.initialPartitionCount = info.initPartitionCount > 0 ? Int(info.initPartitionCount) : nil
      side.isBulkLoading = info.isBulkLoading.map { .known($0) } ?? .unknown("")
      side.atomicIdempotent = info.atomicIdempotent.map { .known($0) } ?? .unknown("")
      if info.maxReplicaCount > 0 { side.replicaCount = info.maxReplicaCount }
      await askDuplications(info.duplicating)
    }
  }

  /// Only of a table that has some: where duplication is switched off, the question leads nowhere.
  private func askDuplications(_ isDuplicating: Bool?) async {
    guard isDuplicating == true else {
      side.duplications = isDuplicating == nil ? .unknown("") : .known([])
      return
    }
    side.duplications = await answer { () async throws(ClientError) in
      try await self.cluster.meta.call(
        QueryDuplication.self, DuplicationQueryRequest(appName: self.table.name), timeout: self.limit,
        action: "query the duplications"
      ).entryList.map { "\($0.remote) (\($0.status.name))" }
    }
    // It has some, whatever they are.
    if side.duplications.value?.isEmpty ?? true { side.duplications = .known(["another cluster"]) }
  }

  private func askNodes() async {
    let nodes = await answer { () async throws(ClientError) in
      try await self.cluster.listNodes(timeout: self.limit)
    }
    guard case .known(let list) = nodes else {
      side.deadServers = .unknown(nodes.reason ?? "")
      return
    }
    let alive = list.filter { $0.status == .alive }.map(\.address)
    side.aliveServers = .known(alive.count)
    side.deadServers = .known(list.filter { $0.status != .alive }.map { "\($0.address)" }.sorted())
    if kind == .target { await askDisks(alive) }
  }

  private func askDisks(_ nodes: [NodeAddress]) async {
    let (cluster, limit) = (cluster, limit)
    var disks: [PreflightSide.Disk] = []
    var silent: ClientError?
    await withTaskGroup(of: (NodeAddress, Result<ClusterClient.DiskSpace, ClientError>).self) { group in
      for node in nodes { group.addTask { (node, await Self.disk(of: node, in: cluster, limit: limit)) } }
      for await (node, result) in group {
        switch result {
        case .success(let space):
          disks.append(PreflightSide.Disk(server: "\(node)", available: space.available, capacity: space.capacity))
        case .failure(let error): silent = error
        }
      }
    }
    side.disks = silent.map { .unknown($0.cause) } ?? .known(disks.sorted { $0.server < $1.server })
  }

  private static func disk(of node: NodeAddress, in cluster: ClusterClient, limit: Duration) async
    -> Result<ClusterClient.DiskSpace, ClientError>
  {
    do throws(ClientError) {
      return .success(try await cluster.diskSpace(of: node, timeout: limit))
    } catch {
      return .failure(error)
    }
  }

  private func askMetaLevel() async {
    side.metaLevel = await answer { () async throws(ClientError) in
      let level = try await self.cluster.clusterInfo(timeout: self.limit).first { $0.key == "meta_function_level" }
      guard let level else { throw ClientError(.invalid("it does not tell its level"), while: "") }
      return level.value
    }
  }

  private func askSplit() async {
    do throws(ClientError) {
      let reply = try await cluster.meta.send(
        QueryPartitionSplit.self, QuerySplitRequest(appName: table.name), timeout: limit, action: "query the split")
      switch reply.err {
      case .ok: side.isSplitting = .known(true)
      // Pegasus 2.2–2.6: nothing is being split.
      case .invalidState: side.isSplitting = .known(false)
      default: side.isSplitting = .unknown(reply.err.name)
      }
    } catch {
      // Pegasus before 2.2 cannot split.
      side.isSplitting = error.code == .handlerNotFound ? .known(false) : .unknown(error.cause)
    }
  }

  private func askVersions(_ servers: [NodeAddress]) async {
    let (cluster, limit) = (cluster, limit)
    var versions: Set<String> = []
    var silent: ClientError?
    var nodes = Array(servers.prefix(64))
    if let leader = try? await cluster.meta.currentLeader(timeout: limit) { nodes.append(leader) }
    await withTaskGroup(of: Result<String, ClientError>.self) { group in
      for node in nodes { group.addTask { await Self.version(of: node, in: cluster, limit: limit) } }
      for await result in group {
        switch result {
        case .success(let version): versions.insert(version)
        case .failure(let error): silent = error
        }
      }
    }
    side.versions = versions.isEmpty ? .unknown(silent?.cause ?? "") : .known(versions.sorted())
  }

  private func askAllVersions() async {
    let nodes = await answer { () async throws(ClientError) in
      try await self.cluster.listNodes(status: .alive, timeout: self.limit).map(\.address).sorted()
    }
    guard let list = nodes.value else { return side.versions = .unknown(nodes.reason ?? "") }
    await askVersions(list)
  }

  private static func version(of node: NodeAddress, in cluster: ClusterClient, limit: Duration) async
    -> Result<String, ClientError>
  {
    do throws(ClientError) {
      return .success(try await cluster.serverVersion(of: node, timeout: limit))
    } catch {
      return .failure(error)
    }
  }

  private func askSizes() async {
    let sizes = await answer { () async throws(ClientError) in
      try await StorageEstimate(self.table).byPartition(limit: self.limit)
    }
    guard case .known(let all) = sizes else { return }
    let chosen = kind == .source ? options.partitions.map { Set($0) } : nil
    let wanted = all.filter { chosen?.contains($0.index) ?? true }
    let rows = wanted.compactMap(\.rows)
    let bytes = wanted.compactMap(\.bytes)
    let reason = "its servers do not tell; 2.6 does"
    func sum(_ numbers: [Int64]) -> Int64 { numbers.reduce(0) { $0.addingReportingOverflow($1).partialValue } }
    side.rows = rows.count == wanted.count ? .known(sum(rows)) : .unknown(reason)
    side.bytes = bytes.count == wanted.count ? .known(sum(bytes)) : .unknown(reason)
  }

  private func askDataVersions(_ server: NodeAddress) async {
    let id = side.tableID
    side.dataVersions = await answer { () async throws(ClientError) in
      try await self.cluster.dataVersions(tableID: id, of: server, timeout: self.limit).sorted()
    }
  }

  private func askWriteSize(_ server: NodeAddress) async {
    side.maxWriteSize = await answer { () async throws(ClientError) in
      let text = try await self.cluster.serverSetting("max_allowed_write_size", of: server, timeout: self.limit)
      guard let bytes = Int64(text) else { throw ClientError(.invalid("'\(text)' is no size"), while: "") }
      return bytes
    }
  }

  private func answer<Value: Sendable & Equatable>(
    _ question: @LoopActor () async throws(ClientError) -> Value
  ) async -> SideAnswer<Value> {
    do throws(ClientError) {
      return .known(try await question())
    } catch {
      return .unknown(error.cause)
    }
  }
}
