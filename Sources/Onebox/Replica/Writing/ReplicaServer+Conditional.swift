internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  func checkAndSet(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(CheckAndSetRequest.self)
    partition.counters.checkAndSet += 1
    partition.counters.countWrite(request.setValue.count)
    var response = CheckAndSetResponse(decree: store.nextDecree())
    let condition = Condition(
      hashKey: request.hashKey, sortKey: request.checkSortKey, type: request.checkType,
      operand: request.checkOperand)
    do throws(StorageError) {
      if let condition {
        let old = try OldValue(condition.key.span.bytes, in: store)
        if request.returnCheckValue {
          response.checkValueReturned = true
          response.checkValueExist = old.exists
          response.checkValue = old.data
        }
        response.error = condition.status(old)
        if response.error == .ok {
          var key = KeyBuilder(hashKey: request.hashKey.span.bytes)
          let sortKey = request.setDiffSortKey ? request.setSortKey : request.checkSortKey
          key.set(sortKey: sortKey.span.bytes)
          store.put(
            key.bytes, request.setValue.span.bytes, expiry: partition.expiry(request.setExpireTsSeconds),
            timeTag: store.nextTimeTag())
        }
      } else {
        response.error = .invalidArgument
      }
    } catch {
      response.error = StorageStatus(error)
    }
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .checkAndSet(response)))
  }

  func checkAndMutate(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(CheckAndMutateRequest.self)
    partition.counters.checkAndMutate += 1
    partition.counters.countWrite(request.mutateList.reduce(0) { $0 + $1.value.count })
    var response = CheckAndMutateResponse(decree: store.nextDecree())
    let condition = Condition(
      hashKey: request.hashKey, sortKey: request.checkSortKey, type: request.checkType,
      operand: request.checkOperand)
    let isSound =
      !request.mutateList.isEmpty && request.mutateList.allSatisfy { $0.operation == .put || $0.operation == .delete }
    do throws(StorageError) {
      if let condition, isSound {
        let old = try OldValue(condition.key.span.bytes, in: store)
        if request.returnCheckValue {
          response.checkValueReturned = true
          response.checkValueExist = old.exists
          response.checkValue = old.data
        }
        response.error = condition.status(old)
        if response.error == .ok { apply(request, partition, store) }
      } else {
        response.error = .invalidArgument
      }
    } catch {
      response.error = StorageStatus(error)
    }
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .checkAndMutate(response)))
  }

  /// In the order of the list: a put and a delete of one key leave nothing.
  private func apply(_ request: CheckAndMutateRequest, _ partition: Partition, _ store: PartitionStore) {
    var key = KeyBuilder(hashKey: request.hashKey.span.bytes)
    let timeTag = store.nextTimeTag()
    for mutation in request.mutateList {
      key.set(sortKey: mutation.sortKey.span.bytes)
      if mutation.operation == .put {
        store.put(
          key.bytes, mutation.value.span.bytes, expiry: partition.expiry(mutation.setExpireTsSeconds),
          timeTag: timeTag)
      } else {
        store.remove(key.bytes)
      }
    }
  }
}

/// What has to hold before a conditional write.
private struct Condition {
  let key: [UInt8]
  let check: ValueCheck
  let operand: [UInt8]

  /// Nil for an unknown type of check or a hash key that is too long.
  init?(hashKey: [UInt8], sortKey: [UInt8], type: CasCheckType, operand: [UInt8]) {
    guard let check = ValueCheck(rawValue: type.rawValue),
      let key = try? PegasusKey(hashKey: hashKey, sortKey: sortKey)
    else { return nil }
    self.key = key.encoded
    self.check = check
    self.operand = operand
  }

  func status(_ old: OldValue) -> StorageStatus {
    let outcome =
      old.exists ? check.evaluate(value: old.data.span.bytes, operand: operand.span.bytes) : check.outcomeWhenAbsent
    return switch outcome {
    case .passed: .ok
    case .failed: .tryAgain
    case .invalid: .invalidArgument
    }
  }
}
