package import Bytes
import Thrift

/// Requests that are sent a million times, written from borrowed bytes without a heap allocation.
/// They give the same bytes as `RequestFrame.append` with the message structs.
package enum HotRequests {
  /// `RPC_RRDB_RRDB_PUT`. `expiry` in seconds since 2016, 0 for never; `partitionHash` has to be the key's, computed
  /// once where the row is routed: take it from `RoutedKey`.
  package static func appendPut(
    _ key: borrowing RoutedKey, value: RawSpan, expiry: UInt32, header: PartitionHeader, sequenceID: Int32,
    into buffer: inout ByteBuffer
  ) {
    let fields = header.fields(hash: .key(key.partitionHash))
    buffer.reserve(160 + key.encoded.byteCount + value.byteCount)
    let start = RequestFrame.begin(fields, name: Put.name, sequenceID: sequenceID, into: &buffer)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(key.encoded)
    buffer.appendFieldHeader(.struct, 2)
    buffer.appendBlob(value)
    buffer.appendFieldHeader(.i32, 3)
    buffer.append(bigEndian: expiry)
    buffer.append(bigEndian: 0 as UInt16)
    RequestFrame.finish(start, in: &buffer)
  }

  /// `RPC_RRDB_RRDB_REMOVE`.
  package static func appendRemove(
    _ key: borrowing RoutedKey, header: PartitionHeader, sequenceID: Int32, into buffer: inout ByteBuffer
  ) {
    appendKey(Remove.name, key, header: header, sequenceID: sequenceID, into: &buffer)
  }

  /// `RPC_RRDB_RRDB_GET`.
  package static func appendGet(
    _ key: borrowing RoutedKey, header: PartitionHeader, sequenceID: Int32, into buffer: inout ByteBuffer
  ) {
    appendKey(Get.name, key, header: header, sequenceID: sequenceID, into: &buffer)
  }

  /// `RPC_RRDB_RRDB_TTL`.
  package static func appendTTL(
    _ key: borrowing RoutedKey, header: PartitionHeader, sequenceID: Int32, into buffer: inout ByteBuffer
  ) {
    appendKey(TTL.name, key, header: header, sequenceID: sequenceID, into: &buffer)
  }

  private static func appendKey(
    _ name: StaticString, _ key: borrowing RoutedKey, header: PartitionHeader, sequenceID: Int32,
    into buffer: inout ByteBuffer
  ) {
    let fields = header.fields(hash: .key(key.partitionHash))
    let start = RequestFrame.begin(fields, name: name, sequenceID: sequenceID, into: &buffer)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(key.encoded)
    buffer.appendStop()
    RequestFrame.finish(start, in: &buffer)
  }

  /// `RPC_RRDB_RRDB_SCAN`: the next batch of a scan.
  package static func appendScan(
    context: Int64, header: PartitionHeader, sequenceID: Int32, into buffer: inout ByteBuffer
  ) {
    let fields = header.fields(hash: .ofPartition)
    let start = RequestFrame.begin(fields, name: Scan.name, sequenceID: sequenceID, into: &buffer)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendFieldHeader(.i64, 1)
    buffer.append(bigEndian: context)
    buffer.append(bigEndian: 0 as UInt16)
    RequestFrame.finish(start, in: &buffer)
  }
}
