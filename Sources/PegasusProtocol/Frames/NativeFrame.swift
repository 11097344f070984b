package import Bytes
import Thrift

/// Native messages as a client writes and reads them. Our own client speaks THFT; this is for tests and tools.
package enum NativeFrame {
  package static func append<M: RPCMethod>(
    _ method: M.Type, header: M.Header, messageID: UInt64, from sender: RPCAddress, withChecksums: Bool = false,
    request: M.Request, into buffer: inout ByteBuffer
  ) {
    let fields = M.fields(of: header, for: request)
    var native = NativeHeader(method: .known(M.code))
    native.messageID = messageID
    native.gpid = fields.gpid
    native.from = sender.value
    native.timeoutMilliseconds = fields.timeoutMilliseconds
    native.threadHash = fields.threadHash
    native.partitionHash = fields.partitionHash
    var body = ByteBuffer()
    body.appendSingleField(0, request)
    native.bodyLength = body.count
    if withChecksums { native.bodyChecksum = CRC32C.checksum(body.bytes) }
    let start = buffer.count
    native.encode(into: &buffer)
    if withChecksums {
      let end = buffer.count
      let checksum = CRC32C.checksum(buffer.bytes.extracting(start..<end))
      buffer.patch(littleEndian: checksum, at: start + 12)
    }
    buffer.append(body.bytes)
  }
}
