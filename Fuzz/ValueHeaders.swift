import Bytes
import PegasusProtocol

/// Stored values.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = input(start, count)
  for version in [ValueHeader.Version.v0, .v1, .v2] {
    var reader = ByteReader(bytes.span.bytes)
    guard let header = try? ValueHeader(decoding: &reader, tableVersion: version) else { continue }
    var buffer = ByteBuffer()
    header.encode(into: &buffer)
    if buffer.count != header.length { fatalError("\(header) of \(buffer.count) bytes") }
  }
  return 0
}
