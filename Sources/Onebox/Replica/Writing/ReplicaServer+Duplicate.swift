internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  /// Writes that come from another cluster, each as the body of a native message.
  func duplicate(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(DuplicateRequest.self)
    partition.counters.dup += 1
    var response = DuplicateResponse(error: nil, errorHint: nil)
    for entry in request.entries {
      // A later entry for the same key has to see the earlier one's time tag.
      if let complaint = try replay(entry, partition, store) {
        response = DuplicateResponse(error: .invalidArgument, errorHint: complaint)
        break
      }
      response.error = .ok
    }
    _ = store.nextDecree()
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .duplicate(response)))
  }

  /// Takes one write in; answers why not.
  private func replay(
    _ entry: DuplicateEntry, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) -> String? {
    let clusterID = UInt8(bitPattern: entry.clusterId ?? 0)
    if clusterID == cluster.options.clusterID { return "self-duplicating" }
    guard cluster.options.duplicationGroup.contains(clusterID) else {
      return "request cluster id is unconfigured"
    }
    let timeTag = TimeTag(
      microseconds: UInt64(clamping: entry.timestamp ?? 0), clusterID: clusterID, isDeletion: false
    ).rawValue
    let verifies = entry.verifyTimetag ?? false
    let message = entry.rawMessage ?? []
    var reader = ByteReader(message.span.bytes)
    func isStale(_ key: RawSpan) -> Bool {
      verifies && ((try? OldValue(key, in: store))?.timeTag ?? 0) > timeTag
    }
    switch entry.taskCode?.name ?? "" {
    case "RPC_RRDB_RRDB_PUT":
      let update = try reader.readSingleField(UpdateRequest.self)
      let key = update.key.encoded
      guard !isStale(key.span.bytes) else { return nil }
      store.put(
        key.span.bytes, update.value.span.bytes, expiry: partition.expiry(update.expireTsSeconds), timeTag: timeTag)
    case "RPC_RRDB_RRDB_REMOVE":
      let key = try reader.readSingleField(PegasusKey.self).encoded
      if !isStale(key.span.bytes) { store.remove(key.span.bytes) }
    case "RPC_RRDB_RRDB_MULTI_PUT":
      let update = try reader.readSingleField(MultiPutRequest.self)
      for row in update.kvs {
        let key = try PegasusKey(hashKey: update.hashKey, sortKey: row.key).encoded
        guard !isStale(key.span.bytes) else { continue }
        store.put(
          key.span.bytes, row.value.span.bytes, expiry: partition.expiry(update.expireTsSeconds), timeTag: timeTag)
      }
    case "RPC_RRDB_RRDB_MULTI_REMOVE":
      let update = try reader.readSingleField(MultiRemoveRequest.self)
      for sortKey in update.sortKeys {
        let key = try PegasusKey(hashKey: update.hashKey, sortKey: sortKey).encoded
        if !isStale(key.span.bytes) { store.remove(key.span.bytes) }
      }
    case let other: return "unrecognized task code \(other)"
    }
    return nil
  }
}
