import Bytes

/// Where a request belongs, as the `client_partition_hash` of its frame says it.
///
/// A replica server aborts on a put or remove whose hash is not the one of its key. So nobody passes a hash: every
/// request knows its own.
package enum PartitionHash: Hashable, Sendable {
  /// The hash of the key in the request.
  case key(UInt64)
  /// The request is for a whole partition: its index stands for the hash.
  case ofPartition

  /// CRC-64 of a hash key; a request without one goes by its partition.
  package init(hashKey: [UInt8]) {
    self = hashKey.isEmpty ? .ofPartition : .key(CRC64.checksum(hashKey))
  }

  package func value(partitionIndex: Int32) -> UInt64 {
    switch self {
    case .key(let hash): hash
    case .ofPartition: UInt64(UInt32(bitPattern: partitionIndex))
    }
  }

  /// The partition a hash belongs to: hash modulo count. Zero when the count is none.
  @inlinable @inline(__always) package static func index(of hash: UInt64, count: Int32) -> Int32 {
    count > 0 ? Int32(truncatingIfNeeded: hash % UInt64(count)) : 0
  }
}
