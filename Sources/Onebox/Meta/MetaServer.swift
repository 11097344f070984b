internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import Thrift

/// The meta server: tables, routing, environments.
@LoopActor
final class MetaServer {
  let cluster: Cluster

  init(_ cluster: Cluster) { self.cluster = cluster }

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
