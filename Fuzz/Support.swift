import Bytes
import PegasusProtocol
import Thrift

/// What libFuzzer lends, as an array.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  [UInt8](UnsafeBufferPointer(start: start, count: count))
}

/// A value that was read has to be readable again after it was written, and be the same.
func checkRoundTrip<T: ThriftValue>(_ value: T) {
  var buffer = ByteBuffer()
  value.encode(into: &buffer)
  var reader = ByteReader(buffer.bytes)
  guard let again = try? T(decoding: &reader) else { fatalError("\(value) cannot be read back") }
  var second = ByteBuffer()
  again.encode(into: &second)
  // Text that was no UTF-8 and a scan that had to become a full one are mended in the first writing.
  guard buffer.array() == second.array() else { fatalError("\(value) became \(again)") }
}

func decodeRequest<M: RPCMethod>(_ method: M.Type, _ reader: consuming ByteReader) {
  if let request = try? M.readRequest(&reader) { checkRoundTrip(request) }
}

func decodeResponse<M: RPCMethod>(_ method: M.Type, _ reader: consuming ByteReader) {
  if let response = try? M.readResponse(&reader) { checkRoundTrip(response) }
}
