import Bytes
import PegasusProtocol

/// Native messages, replies among them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  guard let header = try? NativeHeader.next(in: bytes.span.bytes) else { return 0 }
  var buffer = ByteBuffer()
  header.encode(into: &buffer)
  if buffer.count != NativeHeader.length { fatalError("a header of \(buffer.count) bytes") }
  let body = bytes.span.bytes.extracting(NativeHeader.length..<(NativeHeader.length + header.bodyLength))
  if let code = header.method.code { decodeResponse(code.method, ByteReader(body)) }
  return 0
}
