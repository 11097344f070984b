package import PegasusProtocol

/// Operations on several rows below one hash key; each is one request to one partition, and the writes are atomic.
extension Table {
  /// Writes rows below one hash key, all or none of them.
  ///
  /// - Throws: `ClientError`
  package func multiSet(
    hashKey: [UInt8], rows: [RowPage.Row], ttl: TimeToLive = .none, limit: Duration? = nil
  ) async throws(ClientError) -> Answer<Void> {
    let action = phrase("set \(rows.count) rows", "in")
    let reply = try await call(
      MultiPut.self,
      MultiPutRequest(
        hashKey: hashKey, kvs: rows.map { KeyValue(key: $0.sortKey, value: $0.value) },
        expireTsSeconds: ttl.wireValue),
      limit: limit, action: action)
    return Answer((), try reply.checkedPlace(decree: reply.decree, while: action))
  }

  /// Reads the rows with these sort keys, in the order asked; missing ones are left out. No sort keys: all rows.
  ///
  /// - Throws: `ClientError`
  package func multiGet(
    hashKey: [UInt8], sortKeys: [[UInt8]], maxCount: Int32 = -1, maxSize: Int32 = -1, noValue: Bool = false,
    limit: Duration? = nil
  ) async throws(ClientError) -> Answer<RowPage> {
    try await multiGet(
      MultiGetRequest(
        hashKey: hashKey, sortKeys: sortKeys, maxKvCount: maxCount, maxKvSize: maxSize, noValue: noValue,
        startInclusive: true), limit)
  }

  /// Reads the rows of a range; ascending in any case, and `reverse` with a limit takes from the end.
  ///
  /// - Throws: `ClientError`
  package func multiGet(
    hashKey: [UInt8], range: SortKeyRange, maxCount: Int32 = -1, maxSize: Int32 = -1, noValue: Bool = false,
    reverse: Bool = false, limit: Duration? = nil
  ) async throws(ClientError) -> Answer<RowPage> {
    try await multiGet(
      MultiGetRequest(
        hashKey: hashKey, sortKeys: [], maxKvCount: maxCount, maxKvSize: maxSize, noValue: noValue,
        startSortkey: range.start, stopSortkey: range.stop, startInclusive: range.startInclusive,
        stopInclusive: range.stopInclusive, sortKeyFilterType: range.filter, sortKeyFilterPattern: range.pattern,
        reverse: reverse), limit)
  }

  private func multiGet(_ request: MultiGetRequest, _ limit: Duration?) async throws(ClientError) -> Answer<RowPage> {
    let action = phrase("read rows of a hash key")
    let reply = try await call(MultiGet.self, request, limit: limit, action: action)
    // Pegasus 2.0–2.6: "incomplete" is a success with part of the rows.
    guard reply.error == .ok || reply.error == .incomplete else {
      throw ClientError(.storage(reply.error), while: action)
    }
    let rows = reply.kvs.map { RowPage.Row(sortKey: $0.key, value: $0.value) }
    return Answer(RowPage(rows: rows, isComplete: reply.error == .ok), reply.place())
  }

  /// A row of a batch read, whose keys may belong to different hash keys.
  package struct BatchRow: Sendable, Equatable {
    package var key: PegasusKey
    package var value: [UInt8]?
  }

  /// Reads rows anywhere in the table: one request for each partition concerned, all at once. In the order asked.
  ///
  /// - Throws: `ClientError`; servers before 2.4 do not know the request, and are asked row by row
  package func batchGet(_ keys: [PegasusKey], limit: Duration? = nil) async throws(ClientError) -> [BatchRow] {
    let action = phrase("read \(keys.count) rows")
    let partitions = try await partitions()
    var groups: [Int32: [Int]] = [:]
    for (position, key) in keys.enumerated() {
      groups[partitions.index(for: key.partitionHash), default: []].append(position)
    }
    var found: [[UInt8]: [UInt8]] = [:]
    for positions in groups.values {
      let request = BatchGetRequest(
        keys: positions.map { FullKey(hashKey: keys[$0].hashKey, sortKey: keys[$0].sortKey) })
      do throws(ClientError) {
        let reply = try await call(
          BatchGet.self, request, limit: limit, action: action)
        _ = try reply.checkedPlace(while: action)
        for row in reply.data {
          guard let key = try? PegasusKey(hashKey: row.hashKey, sortKey: row.sortKey) else { continue }
          found[key.encoded] = row.value
        }
      } catch {
        guard error.code == .handlerNotFound else { throw error }
        for position in positions {
          if let value = try await get(keys[position], limit: limit).value { found[keys[position].encoded] = value }
        }
      }
    }
    return keys.map { BatchRow(key: $0, value: found[$0.encoded]) }
  }

  /// Deletes the rows with these sort keys, all or none of them.
  ///
  /// - Returns: how many keys were asked for; the server does not say which of them existed
  /// - Throws: `ClientError`
  package func multiDelete(
    hashKey: [UInt8], sortKeys: [[UInt8]], limit: Duration? = nil
  ) async throws(ClientError) -> Answer<Int64> {
    let action = phrase("delete \(sortKeys.count) rows")
    let reply = try await call(
      MultiRemove.self,
      MultiRemoveRequest(hashKey: hashKey, sortKeys: sortKeys, maxCount: Int64(sortKeys.count)), limit: limit,
      action: action)
    let place = try reply.checkedPlace(decree: reply.decree, while: action)
    return Answer(reply.count, place)
  }

  /// How many rows live below a hash key; `nil` when counting took longer than the server allows.
  ///
  /// - Throws: `ClientError`
  package func sortKeyCount(hashKey: [UInt8], limit: Duration? = nil) async throws(ClientError) -> Answer<Int64?> {
    let action = phrase("count the rows of a hash key")
    let reply = try await call(
      SortkeyCount.self, HashKeyRequest(hashKey: hashKey), limit: limit, action: action)
    let place = try reply.checkedPlace(while: action)
    return Answer(reply.count < 0 ? nil : reply.count, place)
  }
}
