internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import Thrift

/// One replica server: the data operations of the partitions whose primary it is, and administration.
@LoopActor
final class ReplicaServer {
  let cluster: Cluster
  let index: Int

  init(_ cluster: Cluster, index: Int) {
    self.cluster = cluster
    self.index = index
  }

  var address: ServerAddress { cluster.nodes[index] }
  var settings: RemoteSettings { cluster.replicaSettings[index] }

  /// Answers one request: at once, at the end of the turn, later, or never, as its kind demands.
  func handle(_ request: RequestEnvelope, body: inout ByteReader, reply: Reply) {
    guard let code = request.method.code else { return reply.error(.handlerNotFound) }
    guard request.gpid.appID > 0 else { return administer(code, body: &body, reply: reply) }
    guard let operation = DataOperation(code) else { return reply.error(.handlerNotFound) }
    // Set by remote command, and meant for drills: clients get no answer at all.
    if settings.deniesClients { return }
    guard let partition = cluster.partition(request.gpid) else { return refuse(operation, .objectNotFound, reply) }
    if partition.primary != index {
      let isSecondary = cluster.secondaryNodes(of: partition).contains(index)
      guard isSecondary, request.isBackupRequest, !operation.isWrite else {
        return refuse(operation, isSecondary ? .invalidState : .objectNotFound, reply)
      }
    }
    if let deny = partition.table.settings.deny, operation.isWrite ? deny.writes : deny.reads {
      // Denied by "timeout" means: never answered.
      if deny.reconfigures { refuse(operation, .invalidState, reply) }
      return
    }
    if partition.table.settings.validatesPartitionHash, !owns(partition, request.fields.partitionHash) {
      return refuse(operation, .parentPartitionMisused, reply)
    }
    if let reason = obstacle(operation, request, partition) { return refuse(operation, reason, reply) }
    switch admit(operation, request, partition) {
    case .pass: perform(operation, request, &body, reply, partition)
    case .delay(let milliseconds): delay(milliseconds, operation, request, &body, reply)
    case .reject(let milliseconds):
      EventLoop.shared.schedule(after: .milliseconds(milliseconds)) { self.refuse(operation, .busy, reply) }
    }
  }

  private func refuse(_ operation: DataOperation, _ reason: ErrorCode, _ reply: Reply) {
    // Clearing a scan is never answered.
    if operation != .clearScanner { reply.error(reason) }
  }

  private func owns(_ partition: Partition, _ hash: UInt64) -> Bool {
    PartitionHash.index(of: hash, count: partition.table.record.partitionCount) == partition.gpid.partitionIndex
  }

  /// Why the partition cannot do this now.
  private func obstacle(
    _ operation: DataOperation, _ request: RequestEnvelope, _ partition: Partition
  ) -> ErrorCode? {
    guard operation.isWrite else { return partition.store == nil ? .invalidState : nil }
    let limit = cluster.options.maxAllowedWriteSize
    if limit > 0, request.bodyLength > limit {
      partition.counters.oversizedWrites += 1
      return .invalidData
    }
    if partition.isIngesting {
      partition.counters.writesRejectedByIngestion += 1
      return .operationDisabled
    }
    if let failure = partition.failure { return ErrorCode(storing: failure) }
    if cluster.disk.isFull { return .diskInsufficient }
    cluster.disk.take(request.bodyLength)
    return nil
  }

  private func admit(
    _ operation: DataOperation, _ request: RequestEnvelope, _ partition: Partition
  ) -> Throttle.Verdict {
    let verdict = partition.withThrottles { throttles in
      operation.isWrite
        ? throttles.admitWrite(bytes: request.bodyLength, timeoutMilliseconds: request.timeoutMilliseconds)
        : throttles.admitRead(isBackup: request.isBackupRequest, timeoutMilliseconds: request.timeoutMilliseconds)
    }
    partition.counters.count(verdict, isWrite: operation.isWrite)
    return verdict
  }

  /// Handles the request later, from a copy, whatever the throttle says then.
  private func delay(
    _ milliseconds: Int64, _ operation: DataOperation, _ request: RequestEnvelope, _ body: inout ByteReader,
    _ reply: Reply
  ) {
    let copy = [UInt8](body.rest())
    EventLoop.shared.schedule(after: .milliseconds(milliseconds)) {
      guard let partition = self.cluster.partition(request.gpid) else {
        return self.refuse(operation, .objectNotFound, reply)
      }
      if let reason = self.obstacle(operation, request, partition) {
        return self.refuse(operation, reason, reply)
      }
      var body = ByteReader(copy.span.bytes)
      self.perform(operation, request, &body, reply, partition)
    }
  }

  private func perform(
    _ operation: DataOperation, _ request: RequestEnvelope, _ body: inout ByteReader, _ reply: Reply,
    _ partition: Partition
  ) {
    guard let store = partition.store else { return refuse(operation, .invalidState, reply) }
    // A client reads what it has written before, and conditions are checked against it.
    if !operation.isBlind { partition.commit() }
    do throws(ByteError) {
      switch operation {
      case .put: try put(request, body, reply, partition, store)
      case .multiPut: try multiPut(body, reply, partition, store)
      case .remove: try remove(request, &body, reply, partition, store)
      case .multiRemove: try multiRemove(&body, reply, partition, store)
      case .incr: try increment(&body, reply, partition, store)
      case .checkAndSet: try checkAndSet(&body, reply, partition, store)
      case .checkAndMutate: try checkAndMutate(&body, reply, partition, store)
      case .duplicate: try duplicate(body, reply, partition, store)
      case .get: try get(&body, reply, partition, store)
      case .ttl: try timeToLive(&body, reply, partition, store)
      case .multiGet: try multiGet(&body, reply, partition, store)
      case .batchGet: try batchGet(&body, reply, partition, store)
      case .sortkeyCount: try countSortKeys(&body, reply, partition, store)
      case .getScanner: try openScan(&body, reply, partition, store)
      case .scan: try continueScan(&body, reply, partition, store)
      case .clearScanner: _ = partition.scans.take(try body.readSingleField(Int64.self))
      }
    } catch {
      // A real server dies of such a body.
      refuse(operation, .invalidData, reply)
    }
  }

  // MARK: Administration

  private func administer(_ code: RPCCode, body: inout ByteReader, reply: Reply) {
    do throws(ByteError) {
      switch code {
      case .cliCliCall: reply.ok(RemoteCommands(replica: self).run(try body.readSingleField()))
      case .negotiation: reply.ok(NegotiationResponse(status: .saslAuthDisable, msg: []))
      case .queryDiskInfo: reply.ok(diskInfo(try body.readSingleField()))
      default: reply.error(.handlerNotFound)
      }
    } catch {
      reply.error(.invalidData)
    }
  }
}
