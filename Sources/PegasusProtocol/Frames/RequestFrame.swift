package import Bytes
import Thrift

/// Frames as a client writes them.
package enum RequestFrame {
  /// Bytes of the fixed header in front of the body.
  static let headerLength = 48

  /// A whole frame of version 0, which every server from 2.0 on takes for every RPC.
  package static func append<M: RPCMethod>(
    _ method: M.Type, header: M.Header, sequenceID: Int32, request: M.Request, into buffer: inout ByteBuffer
  ) {
    let start = begin(M.fields(of: header, for: request), name: M.name, sequenceID: sequenceID, into: &buffer)
    buffer.appendSingleField(1, request)
    finish(start, in: &buffer)
  }

  /// A whole frame of version 1: the server computes the thread hash, and a secondary may answer a read when
  /// `isBackupRequest` is set.
  package static func appendVersion1<M: RPCMethod>(
    _ method: M.Type, header: M.Header, isBackupRequest: Bool = false, sequenceID: Int32, request: M.Request,
    into buffer: inout ByteBuffer
  ) {
    let fields = M.fields(of: header, for: request)
    let start = buffer.count
    buffer.append("THFT" as StaticString)
    buffer.append(bigEndian: 1 as UInt32)
    buffer.append(zeros: 8)
    let meta = RequestMeta(
      appId: fields.gpid.appID, partitionIndex: fields.gpid.partitionIndex,
      clientTimeout: fields.timeoutMilliseconds, clientPartitionHash: Int64(bitPattern: fields.partitionHash),
      isBackupRequest: isBackupRequest)
    meta.encode(into: &buffer)
    let bodyStart = buffer.count
    buffer.patch(bigEndian: UInt32(truncatingIfNeeded: bodyStart - start - 16), at: start + 8)
    buffer.appendMessageHeader(.call, name: M.name, sequenceID: sequenceID)
    buffer.appendSingleField(1, request)
    buffer.patch(bigEndian: UInt32(truncatingIfNeeded: buffer.count - bodyStart), at: start + 12)
  }

  /// Fixed header and message header. Answers where the frame starts, for `finish`.
  @inline(__always)
  static func begin(
    _ fields: HeaderFields, name: StaticString, sequenceID: Int32, into buffer: inout ByteBuffer
  ) -> Int {
    let start = buffer.count
    buffer.reserve(headerLength + 64)
    buffer.append("THFT" as StaticString)
    buffer.append(bigEndian: 0 as UInt32)
    buffer.append(bigEndian: UInt32(headerLength))
    buffer.append(bigEndian: 0 as UInt32)
    // The body's length comes at the end.
    buffer.append(bigEndian: 0 as UInt64)
    buffer.append(bigEndian: fields.gpid.appID)
    buffer.append(bigEndian: fields.gpid.partitionIndex)
    buffer.append(bigEndian: fields.timeoutMilliseconds)
    buffer.append(bigEndian: fields.threadHash)
    buffer.append(bigEndian: fields.partitionHash)
    buffer.appendMessageHeader(.call, name: name, sequenceID: sequenceID)
    return start
  }

  @inline(__always)
  static func finish(_ start: Int, in buffer: inout ByteBuffer) {
    buffer.patch(bigEndian: UInt32(truncatingIfNeeded: buffer.count - start - headerLength), at: start + 16)
  }
}
