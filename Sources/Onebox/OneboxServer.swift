internal import JSON
package import EventLoop
internal import PegasusProtocol
internal import RPC
internal import StorageEngine

/// A Pegasus cluster in this process: one meta server and some replica servers, each on its own port.
@LoopActor
package final class OneboxServer {
  package let options: OneboxOptions
  /// The ports in use, once started.
  package private(set) var metaPort: UInt16 = 0
  package private(set) var replicaPorts: [UInt16] = []
  private(set) var cluster: Cluster?
  private var metaServer: MetaServer?
  private var listeners: [RPCServer] = []
  private var tick: TimerID?
  private var ticks = 0

  package init(options: OneboxOptions) { self.options = options }

  /// Locks the data directory, opens the ports, then the tables. Throws when the directory is in use
  /// (`DataDirectory.InUse`), a port is taken, or files cannot be read; then nothing is left open.
  package func start() async throws {
    let directory = try DataDirectory(options.dataDirectory)
    Database.setBackgroundThreads(2)
    let metaEntrance = MetaPort()
    let replicaEntrances = options.replicaPorts.map { _ in ReplicaPort() }
    do {
      let meta = try listen(options.metaPort, metaEntrance)
      let replicas = try zip(options.replicaPorts, replicaEntrances).map { try listen($0, $1) }
      metaPort = meta.port
      replicaPorts = replicas.map(\.port)
      let cluster = Cluster(
        options: options, directory: directory, metaPort: metaPort, replicaPorts: replicaPorts)
      meta.address = cluster.meta.address
      for (listener, node) in zip(replicas, cluster.nodes) { listener.address = node.address }
      // Not weakly: every use of an object that was ever referred to weakly takes twice the time.
      cluster.disk.owed = { cluster.partitions.reduce(0) { $0 + $1.owedBytes } }
      cluster.disk.refresh()
      try await cluster.load()
      self.cluster = cluster
      let server = MetaServer(cluster)
      metaServer = server
      try await server.resume()
      metaEntrance.server = server
      for (index, entrance) in replicaEntrances.enumerated() {
        entrance.server = ReplicaServer(cluster, index: index)
      }
      try Files.replace(directory.readyFile, with: Array(readyText.utf8))
    } catch {
      await stop()
      throw error
    }
    scheduleTick()
  }

  /// Answers what has been taken, closes the ports, writes everything to files and unlocks the directory.
  package func stop() async {
    if let tick { EventLoop.shared.cancel(tick) }
    tick = nil
    cluster?.commitAll()
    for listener in listeners { listener.close() }
    listeners = []
    await metaServer?.stop()
    metaServer = nil
    guard let cluster else { return }
    self.cluster = nil
    cluster.disk.owed = { 0 }
    for table in cluster.availableTables { await cluster.close(table, flushes: true) }
    Files.removeTree(cluster.directory.readyFile)
  }

  private func listen(_ port: UInt16, _ service: any RPCService) throws(SocketError) -> RPCServer {
    let listener = try RPCServer(host: options.listenAddress, port: port, handler: service)
    listeners.append(listener)
    return listener
  }

  /// What is written to `onebox.json`.
  private var readyText: String {
    JSONValue.object([
      ("pid", .integer(Int64(ProcessIdentity.current))), ("cluster_name", .string(options.clusterName)),
      ("host", .string(options.shownAddress)), ("meta_port", .integer(Int64(metaPort))),
      ("replica_ports", .array(replicaPorts.map { .integer(Int64($0)) })),
      ("version", .string(OneboxVersion.text)),
    ]).indented + "\n"
  }

  /// One line that says where the cluster can be reached.
  package var readyLine: String {
    let replicas = replicaPorts.map { "\(options.shownAddress):\($0)" }.joined(separator: ",")
    return "pegasus-onebox ready: cluster \(options.clusterName), meta \(options.shownAddress):\(metaPort), "
      + "replicas \(replicas), pid \(ProcessIdentity.current), data \(options.dataDirectory)"
  }

  // MARK: Once a second

  private func scheduleTick() {
    tick = EventLoop.shared.schedule(after: .seconds(1)) { [weak self] in self?.ticked() }
  }

  /// Lets the backup policies do what is due at that time, in unix milliseconds, as they do every second.
  package func runBackupPolicies(at milliseconds: Int64) { metaServer?.backups.tick(at: milliseconds) }

  private func ticked() {
    guard let cluster else { return }
    ticks += 1
    cluster.disk.refresh()
    let idleLimit = WallClock.monotonicMilliseconds - options.scanContextLifetime.milliseconds
    metaServer?.backups.tick(at: WallClock.unixMilliseconds)
    for partition in cluster.partitions {
      partition.recoverIfPossible()
      partition.compactIfTriggered()
      partition.scans.dropIdle(since: idleLimit)
    }
    if ticks.isMultiple(of: 60), let metaServer {
      Task { @LoopActor in await metaServer.purgeExpiredTables() }
    }
    scheduleTick()
  }
}

extension Duration {
  /// Whole milliseconds.
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
