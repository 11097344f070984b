internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import Thrift

/// The meta server: tables, routing, environments.
@LoopActor
final class MetaServer {
  let cluster: Cluster
  let backups: BackupService
  let restores: RestoreService
  let bulkLoads: BulkLoadService

  init(_ cluster: Cluster) {
    self.cluster = cluster
    self.backups = BackupService(cluster)
    self.restores = RestoreService(cluster)
    self.bulkLoads = BulkLoadService(cluster)
  }

  /// Goes on with what was interrupted. Throws what keeps the onebox from starting.
  func resume() async throws {
    restores.load()
    try await backups.load()
    try bulkLoads.load()
  }

  /// Ends what is under way; the next start goes on with it.
  func stop() async {
    await bulkLoads.stop()
    await restores.stop()
    await backups.stop()
  }

  var address: ServerAddress { cluster.meta }

  /// Answers one request, at once or later. RPCs that are not served are ERR_HANDLER_NOT_FOUND.
  func handle(_ request: RequestEnvelope, body: inout ByteReader, reply: Reply) {
    // A real meta server dies of a request that is addressed to a partition.
    guard request.gpid.appID <= 0 else { return reply.error(.handlerNotFound) }
    guard let code = request.method.code else { return reply.error(.handlerNotFound) }
    switch code {
    case .queryPartitionConfigByIndex:
      answer(QueryPartitionConfigByIndex.self, &body, reply) { self.queryConfiguration($0) }
    case .listApps: answer(ListApps.self, &body, reply) { self.listTables($0) }
    case .listNodes: answer(ListNodes.self, &body, reply) { self.listNodes($0) }
    case .clusterInfo: answer(ClusterInfo.self, &body, reply) { _ in self.clusterInfo() }
    case .controlMeta: answer(ControlMeta.self, &body, reply) { self.controlLevel($0) }
    case .dddDiagnose: answer(DddDiagnose.self, &body, reply) { _ in DddDiagnoseResponse() }
    case .createApp: answerLater(CreateApp.self, &body, reply) { await self.createTable($0) }
    case .dropApp: answerLater(DropApp.self, &body, reply) { await self.dropTable($0) }
    case .recallApp: answerLater(RecallApp.self, &body, reply) { await self.recallTable($0) }
    case .renameApp: answer(RenameApp.self, &body, reply) { self.renameTable($0) }
    case .updateAppEnv: answer(UpdateAppEnv.self, &body, reply) { self.updateEnvironment($0) }
    case .getMaxReplicaCount: answer(GetMaxReplicaCount.self, &body, reply) { self.replicaCount($0) }
    case .proposeBalancer: answer(ProposeBalancer.self, &body, reply) { self.propose($0) }
    case .setMaxReplicaCount: answer(SetMaxReplicaCount.self, &body, reply) { self.setReplicaCount($0) }
    case .getAtomicIdempotent: answer(GetAtomicIdempotent.self, &body, reply) { self.atomicIdempotent($0) }
    case .setAtomicIdempotent: answer(SetAtomicIdempotent.self, &body, reply) { self.setAtomicIdempotent($0) }
    case .startManualCompact: answer(StartManualCompact.self, &body, reply) { self.startCompaction($0) }
    case .queryManualCompactStatus:
      answer(QueryManualCompactStatus.self, &body, reply) { self.compactionProgress($0) }
    case .addDuplication: answer(AddDuplication.self, &body, reply) { self.addDuplication($0) }
    case .startBackupApp: answerLater(StartBackupApp.self, &body, reply) { await self.backups.start($0) }
    case .queryBackupStatus: answer(QueryBackupStatus.self, &body, reply) { self.backups.query($0) }
    case .addBackupPolicy: answer(AddBackupPolicy.self, &body, reply) { self.backups.add($0) }
    case .queryBackupPolicy: answer(QueryBackupPolicy.self, &body, reply) { self.backups.query($0) }
    case .modifyBackupPolicy: answer(ModifyBackupPolicy.self, &body, reply) { self.backups.modify($0) }
    case .startRestore: answerLater(StartRestore.self, &body, reply) { await self.restores.start($0) }
    case .queryRestoreStatus: answer(QueryRestoreStatus.self, &body, reply) { self.restores.query($0) }
    case .startBulkLoad: answerLater(StartBulkLoad.self, &body, reply) { await self.bulkLoads.start($0) }
    case .controlBulkLoad: answer(ControlBulkLoad.self, &body, reply) { self.bulkLoads.control($0) }
    case .queryBulkLoadStatus: answer(QueryBulkLoadStatus.self, &body, reply) { self.bulkLoads.query($0) }
    case .clearBulkLoad: answer(ClearBulkLoad.self, &body, reply) { self.bulkLoads.clear($0) }
    case .cliCliCall: answer(CliCliCall.self, &body, reply) { RemoteCommands(meta: self).run($0) }
    case .negotiation:
      answer(Negotiation.self, &body, reply) { _ in NegotiationResponse(status: .saslAuthDisable, msg: []) }
    default: reply.error(.handlerNotFound)
    }
  }

  private func answer<Method: RPCMethod>(
    _: Method.Type, _ body: inout ByteReader, _ reply: Reply, _ handle: (Method.Request) -> Method.Response
  ) {
    do throws(ByteError) {
      reply.ok(handle(try body.readSingleField()))
    } catch {
      reply.error(.invalidData)
    }
  }

  private func answerLater<Method: RPCMethod>(
    _: Method.Type, _ body: inout ByteReader, _ reply: Reply,
    _ handle: @escaping @LoopActor @Sendable (Method.Request) async -> Method.Response
  ) {
    do throws(ByteError) {
      let request: Method.Request = try body.readSingleField()
      Task { @LoopActor in reply.ok(await handle(request)) }
    } catch {
      reply.error(.invalidData)
    }
  }

  /// Keeps a change on disk; false when that failed, and the change must be taken back.
  func saved() -> Bool {
    do {
      try cluster.save()
      return true
    } catch {
      Log.error("cannot keep the cluster's state: \(error)")
      return false
    }
  }
}
