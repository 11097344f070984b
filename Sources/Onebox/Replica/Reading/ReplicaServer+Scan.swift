internal import Bytes
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  func openScan(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(GetScannerRequest.self)
    partition.counters.scan += 1
    guard
      let hashKeyFilter = KeyFilter(
        type: request.hashKeyFilterType.rawValue, pattern: request.hashKeyFilterPattern),
      let sortKeyFilter = KeyFilter(
        type: request.sortKeyFilterType.rawValue, pattern: request.sortKeyFilterPattern)
    else { return answer(reply, .invalidArgument, partition) }
    var start = request.startKey.encoded
    if !request.startInclusive { start.append(0) }
    var stop = request.stopKey
    if request.stopInclusive { stop.append(0) }
    // As real servers do: nothing, and the id 0 that stands for no context.
    guard start.span.bytes.order(to: stop.span.bytes) < 0 else { return answer(reply, .ok, partition) }
    let validates = partition.table.settings.validatesPartitionHash && request.validatePartitionHash ?? true
    let options = ScanOptions(
      batchSize: request.batchSize > 0 ? Int(request.batchSize) : ScanCursor.maxRows,
      showsValues: !request.noValue, showsExpiry: request.returnExpireTs ?? false,
      onlyCounts: request.onlyReturnCount ?? false, hashKeyFilter: hashKeyFilter, sortKeyFilter: sortKeyFilter,
      ownership: validates
        ? (UInt64(partition.table.record.partitionCount), UInt64(partition.gpid.partitionIndex)) : nil)
    let iterator = RowIterator(
      store.database, from: start.span.bytes, to: stop.span.bytes, fillCache: !(request.fullScan ?? false))
    let scan = OpenScan(
      cursor: ScanCursor(iterator: iterator, options: options), now: WallClock.monotonicMilliseconds)
    sendBatch(of: scan, reply, partition, store)
  }

  func continueScan(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(ScanRequest.self)
    partition.counters.scan += 1
    guard let scan = partition.scans.take(request.contextId) else { return answer(reply, .notFound, partition) }
    scan.lastUse = WallClock.monotonicMilliseconds
    sendBatch(of: scan, reply, partition, store)
  }

  private func answer(_ reply: Reply, _ status: StorageStatus, _ partition: Partition) {
    reply.ok(ScanResponse(error: status).answered(by: address.text, partition.gpid))
  }

  /// Writes rows into the reply as the iterator meets them.
  private func sendBatch(of scan: OpenScan, _ reply: Reply, _ partition: Partition, _ store: PartitionStore) {
    let limit = TimeLimit(milliseconds: partition.table.settings.iterationMilliseconds)
    let batch = reply.rows(partition.gpid, server: address.text) { writer, buffer in
      var batch = scan.collect(limit: limit, version: store.version, &writer, &buffer)
      if batch.hasMore { batch.contextID = partition.scans.add(scan) }
      return batch
    }
    partition.counters.readExpiredValues += Int64(batch.expired)
    partition.counters.readFilteredValues += Int64(batch.filtered)
    partition.countRead(batch.bytes, \.scanBytes)
  }
}
