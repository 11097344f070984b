import Bytes
import PegasusProtocol

/// A connection to a THFT server: replies one behind the other, and the results their names promise.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  var consumed = 0
  while consumed < bytes.count {
    let rest = bytes.span.bytes.extracting(consumed...)
    guard let header = try? FrameDecoder.nextReply(in: rest) else { return 0 }
    let name = Array(header.name(in: rest).utf8.dropLast(4))
    if let code = RPCCode(name: name.span.bytes) { decodeResponse(code.method, header.body(in: rest)) }
    consumed += header.frameLength
  }
  return 0
}
