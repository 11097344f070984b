internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  func get(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    try body.enterSingleField(.struct)
    let key = try KeyView(try body.readBlobView())
    try body.leaveSingleField()
    partition.counters.get += 1
    do throws(StorageError) {
      guard let pinned = try store.stored(key.encoded) else { return missing(reply, partition) }
      guard let value = StoredValue(pinned.bytes, version: store.version) else { throw store.corruption }
      guard !value.isExpired(at: WallClock.secondsSince2016) else {
        partition.counters.readExpiredValues += 1
        return missing(reply, partition)
      }
      partition.countRead(value.data.byteCount, \.getBytes)
      reply.read(value.data, .ok, partition.gpid, server: address.text)
    } catch {
      reply.read(RawSpan(), StorageStatus(error), partition.gpid, server: address.text)
    }
  }

  private func missing(_ reply: Reply, _ partition: Partition) {
    partition.countRead(0, \.getBytes)
    reply.read(RawSpan(), .notFound, partition.gpid, server: address.text)
  }

  func timeToLive(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let key = try body.readSingleField(PegasusKey.self).encoded
    partition.counters.countRead(0)
    var response = TtlResponse(error: .notFound)
    do throws(StorageError) {
      if let pinned = try store.stored(key.span.bytes) {
        guard let value = StoredValue(pinned.bytes, version: store.version) else { throw store.corruption }
        let now = WallClock.secondsSince2016
        if !value.isExpired(at: now) {
          response.error = .ok
          response.ttlSeconds = value.remaining(at: now)
        }
      }
    } catch {
      response.error = StorageStatus(error)
    }
    reply.ok(response.answered(by: address.text, partition.gpid))
  }

  /// Missing keys are left out. All keys are looked up in this partition, wherever they belong.
  func batchGet(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(BatchGetRequest.self)
    partition.counters.batchGet += 1
    var response = BatchGetResponse(error: request.keys.isEmpty ? .invalidArgument : .ok)
    var bytes = 0
    do throws(StorageError) {
      for wanted in request.keys {
        guard let key = try? PegasusKey(hashKey: wanted.hashKey, sortKey: wanted.sortKey) else { continue }
        let found = try OldValue(key.encoded.span.bytes, in: store)
        guard found.exists else { continue }
        bytes += found.data.count
        response.data.append(FullData(hashKey: wanted.hashKey, sortKey: wanted.sortKey, value: found.data))
      }
    } catch {
      response = BatchGetResponse(error: StorageStatus(error))
    }
    partition.countRead(bytes, \.batchGetBytes)
    reply.ok(response.answered(by: address.text, partition.gpid))
  }

  /// Unexpired rows of one hash key; −1 when counting took too long.
  func countSortKeys(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let hashKey = try body.readSingleField(HashKeyRequest.self).hashKey
    partition.counters.scan += 1
    var response = CountResponse()
    do throws(StorageError) {
      if let bounds = try? KeyRange.hashKey(hashKey) {
        response.count = try count(from: bounds.start.encoded, to: bounds.stop, partition, store)
      } else {
        response.error = .invalidArgument
      }
    } catch {
      response.error = StorageStatus(error)
    }
    partition.countRead(0, \.scanBytes)
    reply.ok(response.answered(by: address.text, partition.gpid))
  }

  private func count(
    from start: [UInt8], to stop: [UInt8], _ partition: Partition, _ store: PartitionStore
  ) throws(StorageError) -> Int64 {
    var iterator = RowIterator(store.database, from: start.span.bytes, to: stop.span.bytes)
    iterator.seekToFirst()
    let limit = TimeLimit(milliseconds: partition.table.settings.iterationMilliseconds)
    let now = WallClock.secondsSince2016
    var count: Int64 = 0
    var steps = 0
    while iterator.isValid {
      steps += 1
      if limit.isOver(after: steps) { return -1 }
      if let value = StoredValue(iterator.value, version: store.version), !value.isExpired(at: now) { count += 1 }
      iterator.next()
    }
    try iterator.check()
    return count
  }
}

extension Partition {
  /// Counts one read of so many bytes, against the table's byte rate too.
  func countRead(_ bytes: Int, _ counter: ReferenceWritableKeyPath<PartitionCounters, Int64>) {
    counters[keyPath: counter] += Int64(bytes)
    counters.countRead(bytes)
    withThrottles { $0.readBytes?.consume(bytes) }
  }
}

/// How long a range read may take.
struct TimeLimit {
  private let end: Int64

  /// 0 = no limit.
  init(milliseconds: Int64) {
    let (sum, overflow) = WallClock.monotonicMilliseconds.addingReportingOverflow(milliseconds)
    end = milliseconds > 0 && !overflow ? sum : .max
  }

  /// Looks at the clock every 256 steps.
  func isOver(after steps: Int) -> Bool {
    steps & 255 == 0 && end != .max && WallClock.monotonicMilliseconds > end
  }
}
