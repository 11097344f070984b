internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  /// Rows that one range read looks at, and bytes it collects, at most: the server's defaults.
  private static let maxRows = 3000
  private static let maxBytes = 30 << 20

  /// Point reads answer in the order of the request, range reads in ascending order, reversed ones too.
  func multiGet(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(MultiGetRequest.self)
    partition.counters.multiGet += 1
    var response = MultiGetResponse()
    do throws(StorageError) {
      let filter = KeyFilter(type: request.sortKeyFilterType.rawValue, pattern: request.sortKeyFilterPattern)
      if let filter, request.hashKey.count <= PegasusKey.longestHashKey {
        var rows = MultiGetRows(request)
        if request.sortKeys.isEmpty {
          try readRange(request, filter, &rows, partition, store)
        } else {
          try readPoints(request, &rows, store)
        }
        response.kvs = rows.finished(isReversed: request.reverse && request.sortKeys.isEmpty)
        response.error = rows.isCut ? .incomplete : .ok
        partition.countRead(rows.bytes, \.multiGetBytes)
      } else {
        response.error = .invalidArgument
      }
    } catch {
      response = MultiGetResponse(error: StorageStatus(error))
    }
    reply.ok(response.answered(by: address.text, partition.gpid))
  }

  private func readPoints(
    _ request: MultiGetRequest, _ rows: inout MultiGetRows, _ store: PartitionStore
  ) throws(StorageError) {
    var key = KeyBuilder(hashKey: request.hashKey.span.bytes)
    for sortKey in request.sortKeys {
      key.set(sortKey: sortKey.span.bytes)
      let found = try OldValue(key.bytes, in: store)
      guard found.exists else { continue }
      guard !rows.isFull else {
        rows.isCut = true
        return
      }
      rows.add(sortKey: sortKey, value: found.data)
    }
  }

  private func readRange(
    _ request: MultiGetRequest, _ filter: KeyFilter, _ rows: inout MultiGetRows, _ partition: Partition,
    _ store: PartitionStore
  ) throws(StorageError) {
    guard let range = SortKeyBounds(request, filter) else { return }
    var iterator = RowIterator(store.database, from: range.start.span.bytes, to: range.stop.span.bytes)
    if request.reverse { iterator.seekToLast() } else { iterator.seekToFirst() }
    let limit = TimeLimit(milliseconds: partition.table.settings.iterationMilliseconds)
    let now = WallClock.secondsSince2016
    let prefixLength = request.hashKey.count + 2
    var steps = 0
    while iterator.isValid {
      if rows.isFull || steps >= Self.maxRows || rows.bytes >= Self.maxBytes || limit.isOver(after: steps) {
        rows.isCut = true
        break
      }
      steps += 1
      take(iterator, filter, prefixLength, now, &rows, partition, store)
      if request.reverse { iterator.previous() } else { iterator.next() }
    }
    try iterator.check()
  }

  private func take(
    _ iterator: borrowing RowIterator, _ filter: KeyFilter, _ prefixLength: Int, _ now: UInt32,
    _ rows: inout MultiGetRows, _ partition: Partition, _ store: PartitionStore
  ) {
    let key = iterator.key
    guard key.byteCount >= prefixLength, let value = StoredValue(iterator.value, version: store.version) else {
      return
    }
    if value.isExpired(at: now) {
      partition.counters.readExpiredValues += 1
      return
    }
    let sortKey = key.extracting(prefixLength..<key.byteCount)
    guard filter.matches(sortKey) else {
      partition.counters.readFilteredValues += 1
      return
    }
    rows.add(sortKey: [UInt8](sortKey), value: [UInt8](value.data))
  }
}

/// The rows of a multi_get, up to its limits.
private struct MultiGetRows {
  private let maxCount: Int
  private let maxSize: Int
  private let showsValues: Bool
  private var rows: [KeyValue] = []
  private(set) var bytes = 0
  /// True when there is more than was taken.
  var isCut = false

  /// Limits of 0 and below are none.
  init(_ request: MultiGetRequest) {
    maxCount = request.maxKvCount > 0 ? Int(request.maxKvCount) : .max
    maxSize = request.maxKvSize > 0 ? Int(request.maxKvSize) : .max
    showsValues = !request.noValue
  }

  /// The row that crosses the size limit is still in.
  var isFull: Bool { rows.count >= maxCount || bytes >= maxSize }

  mutating func add(sortKey: [UInt8], value: [UInt8]) {
    bytes += sortKey.count + (showsValues ? value.count : 0)
    rows.append(KeyValue(key: sortKey, value: showsValues ? value : []))
  }

  consuming func finished(isReversed: Bool) -> [KeyValue] { isReversed ? rows.reversed() : rows }
}

/// The full keys between which a range read looks: from `start`, up to `stop` without it.
private struct SortKeyBounds {
  let start: [UInt8]
  let stop: [UInt8]

  /// Nil when nothing can lie between. A prefix filter narrows the range.
  init?(_ request: MultiGetRequest, _ filter: KeyFilter) {
    guard let bounds = try? KeyRange.hashKey(request.hashKey) else { return nil }
    let prefix = bounds.start.encoded
    var start = prefix + request.startSortkey
    if !request.startInclusive { start.append(0) }
    var stop = request.stopSortkey.isEmpty ? bounds.stop : prefix + request.stopSortkey
    if !request.stopSortkey.isEmpty, request.stopInclusive { stop.append(0) }
    if filter.kind == .prefix {
      let narrow = prefix + filter.pattern
      if start.span.bytes.order(to: narrow.span.bytes) < 0 { start = narrow }
      if let end = KeyRange.next(narrow), end.span.bytes.order(to: stop.span.bytes) < 0 { stop = end }
    }
    guard start.span.bytes.order(to: stop.span.bytes) < 0 else { return nil }
    self.start = start
    self.stop = stop
  }
}
