internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  /// Writes that come from another cluster, each as the body of a native message; they are committed together.
  func duplicate(
    _ body: ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    var view = try DuplicateRequestView(body)
    var replay = Replay(clusters: cluster.options, partition: partition, store: store)
    var response = DuplicateResponse(error: nil, errorHint: nil)
    while let entry = try view.nextEntry() {
      if let complaint = replay.take(entry) {
        // What came before it stays, as at a real server.
        response = DuplicateResponse(error: .invalidArgument, errorHint: complaint)
        break
      }
      response.error = .ok
    }
    partition.counters.countWrite(replay.bytes)
    _ = store.nextDecree()
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .duplicate(response)))
  }
}

/// The entries of one request, taken into the partition's batch one after another.
@LoopActor
private struct Replay {
  private let clusterID: UInt8
  private let group: [String: UInt8]
  private let partition: Partition
  private let store: PartitionStore
  /// The cluster that was checked last: all entries of a request come from the same one.
  private var accepted: UInt8?
  /// Time tags of rows of this request that a later entry has to be compared with.
  private var seen: [[UInt8]: UInt64] = [:]
  private(set) var bytes = 0

  init(clusters options: OneboxOptions, partition: Partition, store: PartitionStore) {
    clusterID = options.clusterID
    group = options.duplicationGroup
    self.partition = partition
    self.store = store
  }

  /// Takes one write in; answers why not.
  mutating func take(_ entry: borrowing DuplicateEntryView) -> String? {
    let origin = entry.clusterID
    if origin != accepted {
      // A real server's order.
      guard group.values.contains(origin) else { return "request cluster id is unconfigured" }
      guard origin != clusterID else { return "self-duplicating" }
      accepted = origin
    }
    partition.counters.dup += 1
    do throws(ByteError) {
      return try write(entry)
    } catch {
      return "the body of the write cannot be read: \(error)"
    }
  }

  private mutating func write(_ entry: borrowing DuplicateEntryView) throws(ByteError) -> String? {
    let tag = TimeTag(
      microseconds: UInt64(clamping: entry.microseconds), clusterID: entry.clusterID, isDeletion: false
    ).rawValue
    var reader = ByteReader(entry.message)
    switch entry.write {
    case .put:
      let view = try PutRequestView(reader)
      put(view.key.encoded, view.value, view.expiry, tag, verifies: entry.verifiesTimeTag)
    case .multiPut:
      var view = try MultiPutRequestView(reader)
      guard view.hashKey.byteCount <= PegasusKey.longestHashKey else { return "the hash key is too long" }
      var key = KeyBuilder(hashKey: view.hashKey)
      while let row = try view.nextRow() {
        key.set(sortKey: row.key)
        put(key.bytes, row.value, view.expiry, tag, verifies: entry.verifiesTimeTag)
      }
    case .remove:
      // Never compared with what is there.
      try reader.enterSingleField(.struct)
      let key = try RoutedKey(try reader.readBlobView())
      try reader.leaveSingleField()
      store.remove(key.encoded)
      bytes += key.encoded.byteCount
    case .multiRemove:
      let update = try reader.readSingleField(MultiRemoveRequest.self)
      for sortKey in update.sortKeys {
        let key = try PegasusKey(hashKey: update.hashKey, sortKey: sortKey).encoded
        store.remove(key.span.bytes)
        bytes += key.count
      }
    default:
      return "unrecognized task code \(entry.taskCode.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })"
    }
    return nil
  }

  private mutating func put(
    _ key: RawSpan, _ value: RawSpan, _ expiry: UInt32, _ tag: UInt64, verifies: Bool
  ) {
    if verifies, store.version == .one {
      guard newestTag(of: key) < tag else { return }
      seen[[UInt8](key)] = tag
    }
    store.put(key, value, expiry: partition.expiry(Int32(bitPattern: expiry)), timeTag: tag)
    bytes += key.byteCount + value.byteCount
  }

  /// 0 for a row that is not there or has expired.
  private func newestTag(of key: RawSpan) -> UInt64 {
    if !seen.isEmpty, let tag = seen[[UInt8](key)] { return tag }
    // What other requests have collected has to be seen too.
    partition.commit()
    guard let old = try? OldValue(key, in: store), old.exists else { return 0 }
    return old.timeTag
  }
}
