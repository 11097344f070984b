package import Bytes
import Thrift

/// What a reply says in front of its result. Offsets count from the start of the frame.
package struct ReplyHeader: Sendable, Equatable {
  /// The whole frame, its length field included: what to consume.
  package var frameLength: Int
  /// Not OK: there is no result, or one that means nothing.
  package var error: ErrorCode
  /// The request's name with `_ACK`.
  package var nameRange: Range<Int>
  package var sequenceID: Int32
  /// Where the result is, up to `frameLength`.
  package var bodyOffset: Int

  /// The request's name with `_ACK`, out of the span the header was read from.
  package func name(in bytes: RawSpan) -> String {
    bytes.extracting(nameRange).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  /// A reader that stands at the result.
  @_lifetime(copy bytes)
  package func body(in bytes: RawSpan) -> ByteReader {
    ByteReader(bytes.extracting(bodyOffset..<frameLength))
  }
}

extension RPCMethod {
  /// Reads the result out of a reply's body.
  package static func readResponse(_ reader: inout ByteReader) throws(ByteError) -> Response {
    try reader.readSingleField(Response.self)
  }

  /// Reads the argument out of a request's body.
  package static func readRequest(_ reader: inout ByteReader) throws(ByteError) -> Request {
    try reader.readSingleField(Request.self)
  }
}
