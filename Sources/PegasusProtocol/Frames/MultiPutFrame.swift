package import Bytes
import Thrift

/// A `RPC_RRDB_RRDB_MULTI_PUT` that grows row by row in the buffer it will be sent from. Between `init` and `finish`
/// nothing else may be appended to that buffer or consumed from it.
package struct MultiPutFrame: ~Copyable {
  private let start: Int
  private let countOffset: Int
  package private(set) var rowCount: Int32 = 0

  /// Opens the frame. The rows of one multi_put share a hash key, which the routed `key` of any of them gives; a
  /// key with an empty hash key cannot be grouped: nil.
  package init?(
    hashKeyOf key: borrowing RoutedKey, header: PartitionHeader, sequenceID: Int32, into buffer: inout ByteBuffer
  ) {
    let hashKey = key.view.hashKey
    guard hashKey.byteCount > 0 else { return nil }
    let fields = header.fields(hash: .key(key.partitionHash))
    start = RequestFrame.begin(fields, name: MultiPut.name, sequenceID: sequenceID, into: &buffer)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(hashKey)
    buffer.appendFieldHeader(.list, 2)
    buffer.append(ThriftType.struct.rawValue)
    countOffset = buffer.count
    buffer.append(bigEndian: 0 as Int32)
  }

  /// Bytes so far, header included.
  package func length(in buffer: borrowing ByteBuffer) -> Int {
    buffer.count - start
  }

  package mutating func append(sortKey: RawSpan, value: RawSpan, into buffer: inout ByteBuffer) {
    buffer.reserve(16 + sortKey.byteCount + value.byteCount)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(sortKey)
    buffer.appendFieldHeader(.struct, 2)
    buffer.appendBlob(value)
    buffer.appendStop()
    rowCount += 1
  }

  /// Closes the frame. `expiry` is for all rows: seconds since 2016, 0 for never.
  package consuming func finish(expiry: UInt32, in buffer: inout ByteBuffer) {
    buffer.patch(bigEndian: rowCount, at: countOffset)
    buffer.appendFieldHeader(.i32, 3)
    buffer.append(bigEndian: expiry)
    buffer.append(bigEndian: 0 as UInt16)
    RequestFrame.finish(start, in: &buffer)
  }
}
