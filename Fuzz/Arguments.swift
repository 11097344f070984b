import Bytes
import PegasusProtocol

/// The argument of one RPC, which the first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  guard let first = bytes.first else { return 0 }
  let codes = RPCCode.allCases
  let method = codes[Int(first) % codes.count].method
  decodeRequest(method, ByteReader(bytes.span.bytes.extracting(1...)))
  return 0
}
