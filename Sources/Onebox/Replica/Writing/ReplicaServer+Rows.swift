internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  func put(
    _ request: RequestEnvelope, _ body: ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let view = try PutRequestView(body)
    guard request.hashesFit(view.key.partitionHash) else { return reply.error(.invalidParameters) }
    partition.counters.put += 1
    partition.counters.countWrite(view.key.encoded.byteCount + view.value.byteCount)
    partition.counters.putBytes += Int64(view.key.encoded.byteCount + view.value.byteCount)
    store.put(
      view.key.encoded, view.value, expiry: partition.expiry(Int32(bitPattern: view.expiry)),
      timeTag: store.nextTimeTag())
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .update(.ok, decree: store.nextDecree())))
  }

  func remove(
    _ request: RequestEnvelope, _ body: inout ByteReader, _ reply: Reply, _ partition: Partition,
    _ store: PartitionStore
  ) throws(ByteError) {
    try body.enterSingleField(.struct)
    let key = try RoutedKey(try body.readBlobView())
    try body.leaveSingleField()
    guard request.hashesFit(key.partitionHash) else { return reply.error(.invalidParameters) }
    partition.counters.remove += 1
    partition.counters.countWrite(key.encoded.byteCount)
    store.remove(key.encoded)
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .update(.ok, decree: store.nextDecree())))
  }

  func multiPut(
    _ body: ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    // All of it is checked before the first row is taken.
    var view = try MultiPutRequestView(body)
    partition.counters.multiPut += 1
    guard view.rowCount > 0, view.hashKey.byteCount <= PegasusKey.longestHashKey else {
      let pending = PendingReply(reply: reply, kind: .update(.invalidArgument, decree: store.nextDecree()))
      return partition.answerAfterCommit(pending)
    }
    let expiry = partition.expiry(Int32(bitPattern: view.expiry))
    let timeTag = store.nextTimeTag()
    var key = KeyBuilder(hashKey: view.hashKey)
    var bytes = 0
    while let row = try view.nextRow() {
      key.set(sortKey: row.key)
      store.put(key.bytes, row.value, expiry: expiry, timeTag: timeTag)
      bytes += row.key.byteCount + row.value.byteCount
    }
    partition.counters.countWrite(bytes)
    partition.counters.multiPutBytes += Int64(bytes)
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .update(.ok, decree: store.nextDecree())))
  }

  func multiRemove(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(MultiRemoveRequest.self)
    partition.counters.multiRemove += 1
    let isSound = !request.sortKeys.isEmpty && request.hashKey.count <= PegasusKey.longestHashKey
    var bytes = 0
    if isSound {
      var key = KeyBuilder(hashKey: request.hashKey.span.bytes)
      for sortKey in request.sortKeys {
        key.set(sortKey: sortKey.span.bytes)
        store.remove(key.bytes)
        bytes += sortKey.count
      }
    }
    partition.counters.countWrite(bytes)
    // The count is that of the keys asked for, whether or not they were there.
    partition.answerAfterCommit(
      PendingReply(
        reply: reply,
        kind: .multiRemove(
          isSound ? .ok : .invalidArgument, count: isSound ? Int64(request.sortKeys.count) : 0,
          decree: store.nextDecree())))
  }
}

extension RequestEnvelope {
  /// False for the hashes that a real server dies of: a partition hash that is neither 0 nor the key's, or with one
  /// given another partition's thread hash.
  func hashesFit(_ keyHash: UInt64) -> Bool {
    fields.partitionHash == 0 || (fields.partitionHash == keyHash && fields.threadHash == gpid.threadHash)
  }
}

/// Full keys that share a hash key, built in one piece of memory.
struct KeyBuilder: ~Copyable {
  private var buffer: ByteBuffer
  private let prefixLength: Int

  /// The hash key must not be longer than `PegasusKey.longestHashKey`.
  init(hashKey: RawSpan) {
    buffer = ByteBuffer(capacity: hashKey.byteCount + 128)
    buffer.append(bigEndian: UInt16(clamping: hashKey.byteCount))
    buffer.append(hashKey)
    prefixLength = buffer.count
  }

  mutating func set(sortKey: RawSpan) {
    buffer.truncate(to: prefixLength)
    buffer.append(sortKey)
  }

  /// The key last set; without one, the hash key's prefix.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.bytes }
  }
}
