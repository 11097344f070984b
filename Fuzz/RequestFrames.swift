import Bytes
import PegasusProtocol

/// A connection to a server: frames of either protocol, one behind the other, and their arguments.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  guard let kind = FrameDecoder.kind(of: bytes.span.bytes) else { return 0 }
  var consumed = 0
  while consumed < bytes.count {
    let rest = bytes.span.bytes.extracting(consumed...)
    guard let envelope = try? FrameDecoder.nextRequest(in: rest, kind: kind) else { return 0 }
    if let code = envelope.method.code { decodeRequest(code.method, envelope.body(in: rest)) }
    var reply = ByteBuffer()
    ReplyFrame.append(error: .handlerNotFound, to: envelope, into: &reply)
    consumed += envelope.frameLength
  }
  return 0
}
