package import Bytes
package import Thrift

/// Frames as a server writes them: in the framing the request came in.
package enum ReplyFrame {
  /// A reply with a result. `server` is the address a native reply names as its sender.
  package static func append(
    _ result: some ThriftValue, to request: RequestEnvelope, from server: RPCAddress = RPCAddress(),
    into buffer: inout ByteBuffer
  ) {
    let start = begin(.ok, to: request, from: server, into: &buffer)
    buffer.appendSingleField(0, result)
    finish(start, to: request, in: &buffer)
  }

  /// A reply without a result: something went wrong before there was one.
  package static func append(
    error: ErrorCode, to request: RequestEnvelope, from server: RPCAddress = RPCAddress(),
    into buffer: inout ByteBuffer
  ) {
    let start = begin(error, to: request, from: server, into: &buffer)
    finish(start, to: request, in: &buffer)
  }

  /// A native reply that sends the client to another meta server: over THFT this is an ordinary result with `err`.
  package static func append(
    forwardTo leader: RPCAddress, to request: RequestEnvelope, from server: RPCAddress,
    into buffer: inout ByteBuffer
  ) {
    let start = begin(.forwardToOthers, to: request, from: server, into: &buffer)
    buffer.appendSingleField(0, leader)
    finish(start, to: request, in: &buffer)
  }

  /// All that stands in front of the result. Answers where the frame starts, for `finish`.
  package static func begin(
    _ error: ErrorCode, to request: RequestEnvelope, from server: RPCAddress = RPCAddress(),
    into buffer: inout ByteBuffer
  ) -> Int {
    let start = buffer.count
    if case .native(let header) = request.framing {
      header.reply(error, from: server).encode(into: &buffer)
      return start
    }
    buffer.append(bigEndian: 0 as UInt32)
    error.encode(into: &buffer)
    switch request.method {
    case .known(let code):
      buffer.appendMessageHeader(.reply, name: code.name, suffix: "_ACK", sequenceID: request.sequenceID)
    case .other(let name):
      buffer.appendMessageHeader(.reply, name: name, suffix: "_ACK", sequenceID: request.sequenceID)
    }
    return start
  }

  /// Fills the length in.
  package static func finish(_ start: Int, to request: RequestEnvelope, in buffer: inout ByteBuffer) {
    let length = buffer.count - start
    if case .native = request.framing {
      let body = UInt32(truncatingIfNeeded: length - NativeHeader.length)
      buffer.patch(littleEndian: body, at: start + NativeHeader.bodyLengthOffset)
    } else {
      buffer.patch(bigEndian: UInt32(truncatingIfNeeded: length), at: start)
    }
  }
}
