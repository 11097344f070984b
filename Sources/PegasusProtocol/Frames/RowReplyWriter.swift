package import Bytes
import Thrift

/// Writes a `scan_response` or `multi_get_response` row by row into the buffer it will be sent from. Between `init` and
/// `finish` nothing else may be appended to that buffer or consumed from it.
package struct RowReplyWriter: ~Copyable {
  private let start: Int
  private let errorOffset: Int
  private let countOffset: Int
  package private(set) var rowCount: Int32 = 0

  package init(to request: RequestEnvelope, from server: RPCAddress = RPCAddress(), into buffer: inout ByteBuffer) {
    start = ReplyFrame.begin(.ok, to: request, from: server, into: &buffer)
    buffer.appendFieldHeader(.struct, 0)
    buffer.appendFieldHeader(.i32, 1)
    errorOffset = buffer.count
    buffer.append(bigEndian: 0 as Int32)
    buffer.appendFieldHeader(.list, 2)
    buffer.append(ThriftType.struct.rawValue)
    countOffset = buffer.count
    buffer.append(bigEndian: 0 as Int32)
  }

  /// One row. `expiry` is written only when it is given.
  package mutating func append(key: RawSpan, value: RawSpan, expiry: UInt32?, into buffer: inout ByteBuffer) {
    buffer.reserve(24 + key.byteCount + value.byteCount)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(key)
    buffer.appendFieldHeader(.struct, 2)
    buffer.appendBlob(value)
    if let expiry {
      buffer.appendFieldHeader(.i32, 3)
      buffer.append(bigEndian: expiry)
    }
    buffer.appendStop()
    rowCount += 1
  }

  /// Bytes so far.
  package func length(in buffer: borrowing ByteBuffer) -> Int {
    buffer.count - start
  }

  /// Closes a `scan_response`.
  package consuming func finishScan(
    error: StorageStatus, contextID: Int64, gpid: GPID, server: String, kvCount: Int32? = nil,
    to request: RequestEnvelope, in buffer: inout ByteBuffer
  ) {
    buffer.patch(bigEndian: error.rawValue, at: errorOffset)
    buffer.patch(bigEndian: rowCount, at: countOffset)
    buffer.appendField(3, contextID)
    buffer.appendField(4, gpid.appID)
    buffer.appendField(5, gpid.partitionIndex)
    buffer.appendField(6, server)
    buffer.appendField(7, optional: kvCount)
    buffer.append(bigEndian: 0 as UInt16)
    ReplyFrame.finish(start, to: request, in: &buffer)
  }

  /// Closes a `multi_get_response`.
  package consuming func finishMultiGet(
    error: StorageStatus, gpid: GPID, server: String, to request: RequestEnvelope, in buffer: inout ByteBuffer
  ) {
    buffer.patch(bigEndian: error.rawValue, at: errorOffset)
    buffer.patch(bigEndian: rowCount, at: countOffset)
    buffer.appendField(3, gpid.appID)
    buffer.appendField(4, gpid.partitionIndex)
    buffer.appendField(6, server)
    buffer.append(bigEndian: 0 as UInt16)
    ReplyFrame.finish(start, to: request, in: &buffer)
  }
}
