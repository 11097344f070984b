package import PegasusProtocol

/// A condition on one row, checked by the server in the same step as the write that depends on it.
package struct RowCheck: Sendable {
  package var sortKey: [UInt8]
  package var type: CasCheckType
  package var operand: [UInt8]
  /// Whether the answer tells the value the condition was checked against.
  package var returnsValue: Bool

  package init(sortKey: [UInt8], type: CasCheckType, operand: [UInt8] = [], returnsValue: Bool = false) {
    self.sortKey = sortKey
    self.type = type
    self.operand = operand
    self.returnsValue = returnsValue
  }
}

/// What became of a conditional write.
package struct CheckOutcome: Sendable, Equatable {
  /// Whether the condition held and the write was done.
  package var isApplied: Bool
  /// The checked row's value before the write.
  package enum CheckedValue: Sendable, Equatable {
    case notAsked, missing, value([UInt8])
  }
  package var checked: CheckedValue
}

/// Conditional writes. None of them is repeated after a lost answer.
extension Table {
  /// Sets a row when a condition on a row of the same hash key holds.
  ///
  /// - Parameter sortKey: the row to set; the checked one's when `nil`
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost
  package func checkAndSet(
    hashKey: [UInt8], check: RowCheck, sortKey: [UInt8]? = nil, value: [UInt8], ttl: TimeToLive = .none,
    limit: Duration? = nil
  ) async throws(ClientError) -> Answer<CheckOutcome> {
    let action = phrase("check and set", "in")
    let target = sortKey ?? check.sortKey
    let differs = target != check.sortKey
    let reply = try await call(
      CheckAndSet.self,
      CheckAndSetRequest(
        hashKey: hashKey, checkSortKey: check.sortKey, checkType: check.type, checkOperand: check.operand,
        setDiffSortKey: differs, setSortKey: differs ? target : [], setValue: value,
        setExpireTsSeconds: ttl.wireValue, returnCheckValue: check.returnsValue),
      limit: limit, action: action)
    return try Self.outcome(
      reply, decree: reply.decree, returned: reply.checkValueReturned, exists: reply.checkValueExist,
      value: reply.checkValue, action)
  }

  /// One of the changes that a condition guards.
  package enum Mutation: Sendable, Equatable {
    case set(sortKey: [UInt8], value: [UInt8], ttl: TimeToLive)
    case delete(sortKey: [UInt8])
  }

  /// Applies changes below one hash key when a condition on one of its rows holds.
  ///
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost
  package func checkAndMutate(
    hashKey: [UInt8], check: RowCheck, mutations: [Mutation], limit: Duration? = nil
  ) async throws(ClientError) -> Answer<CheckOutcome> {
    let action = phrase("check and mutate", "in")
    let list = mutations.map { mutation in
      switch mutation {
      case .set(let sortKey, let value, let ttl):
        Mutate(
          operation: .put, sortKey: sortKey, value: value,
          setExpireTsSeconds: ttl.wireValue)
      case .delete(let sortKey): Mutate(operation: .delete, sortKey: sortKey)
      }
    }
    let reply = try await call(
      CheckAndMutate.self,
      CheckAndMutateRequest(
        hashKey: hashKey, checkSortKey: check.sortKey, checkType: check.type, checkOperand: check.operand,
        mutateList: list, returnCheckValue: check.returnsValue),
      limit: limit, action: action)
    return try Self.outcome(
      reply, decree: reply.decree, returned: reply.checkValueReturned, exists: reply.checkValueExist,
      value: reply.checkValue, action)
  }

  /// Writes a row when its value is what the caller has seen. Its expiry is no part of the condition.
  ///
  /// - Parameter seen: `nil` when there was no row
  /// - Returns: whether it was written
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost
  package func set(
    _ key: PegasusKey, value: [UInt8], ttl: TimeToLive, ifValueIs seen: [UInt8]?, limit: Duration? = nil
  ) async throws(ClientError) -> Bool {
    let action = phrase("set an unchanged row", "in")
    let reply = try await call(
      CheckAndSet.self,
      CheckAndSetRequest(
        hashKey: key.hashKey, checkSortKey: key.sortKey, checkType: seen == nil ? .valueNotExist : .valueBytesEqual,
        checkOperand: seen ?? [], setValue: value, setExpireTsSeconds: ttl.wireValue),
      about: key, limit: limit, action: action)
    return try Self.outcome(reply, decree: reply.decree, returned: false, exists: false, value: [], action)
      .value.isApplied
  }

  /// Deletes a row when its value is what the caller has seen.
  ///
  /// - Returns: whether it was deleted
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost
  package func delete(
    _ key: PegasusKey, ifValueIs seen: [UInt8], limit: Duration? = nil
  ) async throws(ClientError) -> Bool {
    let action = phrase("delete an unchanged row", "in")
    let reply = try await call(
      CheckAndMutate.self,
      CheckAndMutateRequest(
        hashKey: key.hashKey, checkSortKey: key.sortKey, checkType: .valueBytesEqual, checkOperand: seen,
        mutateList: [Mutate(operation: .delete, sortKey: key.sortKey)]),
      about: key, limit: limit, action: action)
    return try Self.outcome(reply, decree: reply.decree, returned: false, exists: false, value: [], action)
      .value.isApplied
  }

  private static func outcome(
    _ reply: some DataResponse, decree: Int64, returned: Bool, exists: Bool, value: [UInt8], _ action: String
  ) throws(ClientError) -> Answer<CheckOutcome> {
    // Pegasus 2.0–2.6: "try again" is how the server says that the condition does not hold.
    guard reply.error == .ok || reply.error == .tryAgain else {
      throw ClientError(.storage(reply.error), while: action)
    }
    let checked: CheckOutcome.CheckedValue = !returned ? .notAsked : exists ? .value(value) : .missing
    return Answer(CheckOutcome(isApplied: reply.error == .ok, checked: checked), reply.place(decree: decree))
  }
}
