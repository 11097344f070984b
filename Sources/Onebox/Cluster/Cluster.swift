internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The tables of one onebox and what serves them: shared by the meta server and all replica servers.
@LoopActor
final class Cluster {
  let options: OneboxOptions
  let directory: DataDirectory
  let startSecond = WallClock.unixSeconds
  private(set) var meta: ServerAddress
  private(set) var nodes: [ServerAddress]
  var tables: [Int32: Table] = [:]
  var nextTableID: Int32 = 1
  var level = MetaFunctionLevel.steady
  let blockCache: BlockCache
  let disk: DiskMonitor
  let compactions = CompactionQueue()
  let metaSettings: RemoteSettings
  /// Of the replica servers, by index.
  let replicaSettings: [RemoteSettings]
  /// The storage services, by name.
  let blockServices: [String: LocalBlockService]
  /// What the replica servers may send to a storage service, and take from it, by index.
  private(set) var uploadPaces: [TransferPace] = []
  private(set) var downloadPaces: [TransferPace] = []
  /// Partitions with answers that wait for the end of the turn.
  private var dirty: [Partition] = []
  private let store: MetaStore

  init(options: OneboxOptions, directory: DataDirectory, metaPort: UInt16, replicaPorts: [UInt16]) {
    self.options = options
    self.directory = directory
    self.meta = ServerAddress(options: options, port: metaPort)
    self.nodes = replicaPorts.map { ServerAddress(options: options, port: $0) }
    self.blockCache = BlockCache(capacity: options.blockCacheSize)
    self.disk = DiskMonitor(path: directory.path, minimumFreeBytes: options.minimumFreeBytes)
    self.store = MetaStore(path: directory.metaFile)
    self.metaSettings = RemoteSettings(RemoteSettings.meta(options))
    let replicaSettings = replicaPorts.map { _ in RemoteSettings(RemoteSettings.replica(options)) }
    self.replicaSettings = replicaSettings
    let directories = ["local_service": directory.path + "/block_service"]
      .merging(options.blockServices) { _, given in given }
    self.blockServices = directories.mapValues { LocalBlockService(root: $0) }
    self.uploadPaces = replicaSettings.map { settings in
      // A real local_service has no limit, whatever is configured; here one that was set holds.
      TransferPace { settings.changedNumber(RemoteSettings.storageWriteLimit) ?? options.storageWriteLimit ?? 0 }
    }
    self.downloadPaces = replicaSettings.map { settings in
      TransferPace { settings.changedNumber(RemoteSettings.storageReadLimit) ?? options.storageReadLimit ?? 0 }
    }
  }

  /// Moves files from a server to a storage service.
  func uploader(node: Int, to service: LocalBlockService) -> FileMover {
    let reserve = max(options.minimumFreeBytes, 1 << 20)
    return FileMover(pace: uploadPaces[node]) { bytes in
      // What cannot be asked shows when it is written.
      Files.space(at: service.root).map { $0.free >= reserve + UInt64(bytes) } ?? true
    }
  }

  /// Moves files from a storage service to a server.
  func downloader(node: Int) -> FileMover {
    FileMover(pace: downloadPaces[node]) { [disk] bytes in
      disk.refresh()
      return disk.hasRoom(for: bytes)
    }
  }

  /// The partition, when its table is there and the index is in range.
  @inline(__always)
  func partition(_ gpid: GPID) -> Partition? {
    guard let table = tables[gpid.appID], table.record.status == .available,
      table.partitions.indices.contains(Int(gpid.partitionIndex))
    else { return nil }
    return table.partitions[Int(gpid.partitionIndex)]
  }

  func table(named name: String) -> Table? {
    tables.values.first { $0.record.status == .available && $0.record.name == name }
  }

  var tablesInOrder: [Table] { tables.values.sorted { $0.record.id < $1.record.id } }
  var availableTables: [Table] { tablesInOrder.filter { $0.record.status == .available } }
  var partitions: [Partition] { availableTables.flatMap(\.partitions) }

  /// The server a partition's primary is on: round robin, each table starting one further.
  func primaryNode(tableID: Int32, index: Int32) -> Int {
    Int((Int64(tableID) &+ Int64(index)) % Int64(max(nodes.count, 1)))
  }

  /// The servers of its secondaries.
  func secondaryNodes(of partition: Partition) -> [Int] {
    let count = min(Int(partition.table.record.replicaCount), nodes.count)
    return (1..<max(count, 1)).map { (partition.primary + $0) % nodes.count }
  }

  /// Has `partition` committed at the end of this turn of the loop.
  @inline(__always)
  func commitLater(_ partition: Partition) {
    if dirty.isEmpty { EventLoop.shared.atEndOfTurn { self.commitAll() } }
    dirty.append(partition)
  }

  /// Writes what this turn has collected, one RocksDB write for each partition, and sends the answers.
  func commitAll() {
    guard !dirty.isEmpty else { return }
    for partition in dirty { partition.commit() }
    dirty.removeAll(keepingCapacity: true)
  }

  // MARK: Keeping

  /// Writes what the meta server knows to disk. Throws when that failed; then nothing may be promised.
  func save() throws {
    try store.save(ClusterRecord(nextTableID: nextTableID, tables: tablesInOrder.map(\.record)))
  }

  /// Reads what the meta server knew, and opens every available table. Throws what keeps the onebox from starting.
  func load() async throws {
    try Files.makeDirectories(directory.path + "/meta")
    let record = try store.load()
    nextTableID = max(record.nextTableID, (record.tables.map(\.id).max() ?? 0) + 1)
    for record in record.tables {
      let table = Table(record)
      tables[record.id] = table
      // What a restore has not finished is opened when it has.
      if record.status == .available, record.restore?.isComplete ?? true { try await open(table) }
    }
  }

  /// Opens a table's partitions off the loop.
  func open(_ table: Table) async throws {
    let plans = (0..<table.record.partitionCount).map { plan(for: table, index: $0) }
    let opened = try await PartitionPlan.openAll(plans)
    table.partitions = zip(plans, opened).map { plan, opened in
      Partition(plan: plan, opened: opened, table: table, cluster: self)
    }
  }

  func plan(for table: Table, index: Int32) -> PartitionPlan {
    let gpid = GPID(appID: table.record.id, partitionIndex: index)
    let primary = primaryNode(tableID: gpid.appID, index: index)
    var options = DatabaseOptions()
    options.blockCache = blockCache
    options.writeBufferSize = table.settings.writeBufferSize ?? self.options.writeBufferSize
    // From the very first write on; the rest of the scenario follows as soon as it is open.
    options.disableAutoCompactions = table.settings.usageScenario == .bulkLoad
    options.levels = table.record.environment["rocksdb.num_levels"].flatMap { Int32($0) } ?? 6
    // Small memtables make many files of the first level: fewer rewrites when more of them are merged at once.
    options.levelZeroCompactionTrigger = 8
    options.allowIngestBehind = table.settings.allowsIngestBehind
    // What is compacted before the files come lies in their way, as it does on servers of 2.6.
    options.dynamicLevels = table.settings.allowsIngestBehind
    return PartitionPlan(
      gpid: gpid, primary: primary,
      directory: directory.partitionDirectory(tableID: gpid.appID, index: index, home: primary),
      options: options, defaultTTL: table.settings.defaultTTL)
  }

  /// Closes a table's partitions, waiting for their files, off the loop. `flushes` spares the next start the logs.
  func close(_ table: Table, flushes: Bool = false) async {
    for partition in table.partitions { partition.commit() }
    let partitions = table.partitions
    var databases = partitions.compactMap { $0.release() }
    table.partitions = []
    table.isClosing = true
    defer { table.isClosing = false }
    for partition in partitions { await partition.settled() }
    let last = Handover(databases)
    databases = []
    await BlockingPool.run { last.drop(flushes: flushes) }
  }
}
