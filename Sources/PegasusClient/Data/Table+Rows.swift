package import PegasusProtocol

/// Operations on one row.
extension Table {
  /// Writes one row.
  ///
  /// - Throws: `ClientError`
  package func set(
    _ key: PegasusKey, value: [UInt8], ttl: TimeToLive = .none, limit: Duration? = nil
  ) async throws(ClientError) -> Answer<Void> {
    let action = phrase("set a row", "in")
    let reply = try await call(
      Put.self, UpdateRequest(key: key, value: value, expireTsSeconds: ttl.wireValue),
      limit: limit, action: action)
    return Answer((), try reply.checkedPlace(decree: reply.decree, while: action))
  }

  /// Reads one row's value; `nil` when there is none or it has expired.
  ///
  /// - Throws: `ClientError`
  package func get(_ key: PegasusKey, limit: Duration? = nil) async throws(ClientError) -> Answer<[UInt8]?> {
    let action = phrase("get a row")
    let reply = try await call(
      Get.self, key, limit: limit, action: action)
    if reply.error == .notFound { return Answer(nil, reply.place()) }
    let place = try reply.checkedPlace(while: action)
    return Answer(reply.value, place)
  }

  /// Deletes one row; a row that is not there is deleted too.
  ///
  /// - Throws: `ClientError`
  package func delete(_ key: PegasusKey, limit: Duration? = nil) async throws(ClientError) -> Answer<Void> {
    let action = phrase("delete a row")
    let reply = try await call(
      Remove.self, key, limit: limit, action: action)
    return Answer((), try reply.checkedPlace(decree: reply.decree, while: action))
  }

  /// What a row's time to live is.
  package enum RemainingTime: Sendable, Equatable {
    case seconds(Int32), forever, notFound
  }

  /// - Throws: `ClientError`
  package func ttl(_ key: PegasusKey, limit: Duration? = nil) async throws(ClientError) -> Answer<RemainingTime> {
    let action = phrase("ask for the time to live of a row")
    let reply = try await call(
      TTL.self, key, limit: limit, action: action)
    if reply.error == .notFound { return Answer(.notFound, reply.place()) }
    let place = try reply.checkedPlace(while: action)
    return Answer(reply.ttlSeconds == -1 ? .forever : .seconds(reply.ttlSeconds), place)
  }

  /// Adds to a row that holds a decimal number; a missing row counts as 0.
  ///
  /// - Parameter ttl: `.none` keeps the row's own
  /// - Returns: the new value
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost, because adding twice is not adding once
  package func increment(
    _ key: PegasusKey, by amount: Int64, ttl: TimeToLive = .none, limit: Duration? = nil
  ) async throws(ClientError) -> Answer<Int64> {
    let action = phrase("increment a row", "in")
    let reply = try await call(
      Incr.self,
      IncrRequest(key: key, increment: amount, expireTsSeconds: ttl.wireValue),
      limit: limit, action: action)
    let place = try reply.checkedPlace(decree: reply.decree, while: action)
    return Answer(reply.newValue, place)
  }
}
