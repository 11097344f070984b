internal import Bytes
internal import PegasusProtocol
internal import StorageEngine
internal import Thrift

extension ReplicaServer {
  /// A missing, expired or empty value counts as 0. Anything that is no number, and an overflow, changes nothing.
  func increment(
    _ body: inout ByteReader, _ reply: Reply, _ partition: Partition, _ store: PartitionStore
  ) throws(ByteError) {
    let request = try body.readSingleField(IncrRequest.self)
    partition.counters.incr += 1
    partition.counters.countWrite(request.key.encoded.count)
    var response = IncrResponse(decree: store.nextDecree())
    do throws(StorageError) {
      let old = try OldValue(request.key.encoded.span.bytes, in: store)
      switch Self.sum(old, request.increment) {
      case .success(let value):
        let expiry =
          request.expireTsSeconds == 0
          ? Int32(bitPattern: old.expiry) : max(request.expireTsSeconds, 0)
        store.put(
          request.key.encoded.span.bytes, Array(String(value).utf8).span.bytes,
          expiry: request.expireTsSeconds < 0 ? 0 : partition.expiry(expiry), timeTag: store.nextTimeTag())
        response.newValue = value
      case .failure(let reason):
        response.error = .invalidArgument
        response.newValue = reason.unchanged
      }
    } catch {
      response.error = StorageStatus(error)
    }
    partition.answerAfterCommit(PendingReply(reply: reply, kind: .increment(response)))
  }

  private struct Unchanged: Error {
    let unchanged: Int64
  }

  private static func sum(_ old: OldValue, _ increment: Int64) -> Result<Int64, Unchanged> {
    guard old.exists, !old.data.isEmpty else { return .success(increment) }
    guard let number = DecimalText.parse(old.data.span.bytes) else { return .failure(Unchanged(unchanged: 0)) }
    let (sum, overflow) = number.addingReportingOverflow(increment)
    return overflow ? .failure(Unchanged(unchanged: number)) : .success(sum)
  }
}

/// What a key holds before a conditional write; an expired value is none.
struct OldValue {
  var exists = false
  var expiry: UInt32 = 0
  var timeTag: UInt64 = 0
  var data: [UInt8] = []

  init(_ key: RawSpan, in store: PartitionStore) throws(StorageError) {
    guard let pinned = try store.stored(key) else { return }
    guard let value = StoredValue(pinned.bytes, version: store.version) else { throw store.corruption }
    timeTag = value.timeTag
    guard !value.isExpired(at: WallClock.secondsSince2016) else { return }
    exists = true
    expiry = value.expiry
    data = [UInt8](value.data)
  }
}
