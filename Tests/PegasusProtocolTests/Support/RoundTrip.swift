import Bytes
import Thrift

@testable import PegasusProtocol

/// Decoding a frame and encoding what came out.
enum RoundTrip {
  /// What became of a request frame.
  enum Outcome: Equatable, CustomStringConvertible {
    /// Encoding gives the same bytes.
    case same
    /// As `same`, but for the partition hash: the sender had another idea of it, and servers ignore it in reads.
    case otherHash
    /// Encoding gives other bytes: there is no way to write this frame with our types.
    case differs(String)
    /// More bytes are needed.
    case incomplete
    /// The frame is refused with an offset.
    case badFrame(ByteError)
    /// The name is not in the catalogue.
    case unknownMethod
    /// The frame is sound, the argument is refused with an offset.
    case badArgument(ByteError)
    /// The header cannot be built for this kind of request.
    case badHeader
    /// The values are not the ones of the JSON.
    case otherValues(String)

    var description: String {
      switch self {
      case .same: "same"
      case .otherHash: "otherHash"
      case .differs: "differs"
      case .incomplete: "incomplete"
      case .badFrame: "badFrame"
      case .unknownMethod: "unknownMethod"
      case .badArgument: "badArgument"
      case .badHeader: "badHeader"
      case .otherValues(let what): "otherValues \(what)"
      }
    }
  }

  static func request(_ frame: [UInt8], values: JSON? = nil) -> Outcome {
    do throws(ByteError) {
      let kind = FrameDecoder.kind(of: frame.span.bytes) ?? .unknown
      guard let envelope = try FrameDecoder.nextRequest(in: frame.span.bytes, kind: kind) else { return .incomplete }
      guard envelope.frameLength == frame.count else { return .differs("\(frame.count - envelope.frameLength) more") }
      guard let code = envelope.method.code else { return .unknownMethod }
      return request(code.method, frame, envelope, values)
    } catch {
      return .badFrame(error)
    }
  }

  private static func request<M: RPCMethod>(
    _ method: M.Type, _ frame: [UInt8], _ envelope: RequestEnvelope, _ values: JSON?
  ) -> Outcome {
    let request: M.Request
    do {
      var body = envelope.body(in: frame.span.bytes)
      request = try M.readRequest(&body)
    } catch {
      return .badArgument(error)
    }
    if let values, let found = difference(request, values) { return .otherValues(found) }
    let header: M.Header
    do {
      header = try M.Header(gpid: envelope.gpid, timeoutMilliseconds: envelope.timeoutMilliseconds)
    } catch {
      return .badHeader
    }
    var buffer = ByteBuffer()
    switch envelope.framing {
    case .thriftVersion0:
      RequestFrame.append(M.self, header: header, sequenceID: envelope.sequenceID, request: request, into: &buffer)
    case .thriftVersion1:
      RequestFrame.appendVersion1(
        M.self, header: header, isBackupRequest: envelope.isBackupRequest, sequenceID: envelope.sequenceID,
        request: request, into: &buffer)
    case .native(let native):
      NativeFrame.append(
        M.self, header: header, messageID: native.messageID, from: RPCAddress(value: native.from) ?? RPCAddress(),
        withChecksums: native.bodyChecksum != 0, request: request, into: &buffer)
    }
    let bytes = buffer.array()
    if bytes == frame { return .same }
    if envelope.framing == .thriftVersion0, bytes.count == frame.count {
      var other = bytes
      other.replaceSubrange(40..<48, with: frame[40..<48])
      if other == frame { return .otherHash }
    }
    return .differs(Hex.encode(bytes))
  }

  /// Nil when the reply holds `values` and the server side writes the same bytes; otherwise what is wrong.
  static func reply(_ frame: [UInt8], of code: RPCCode, values: JSON) -> String? {
    reply(code.method, frame, .known(code), values)
  }

  private static func reply<M: RPCMethod>(
    _ method: M.Type, _ frame: [UInt8], _ name: MethodName, _ values: JSON
  ) -> String? {
    do throws(ByteError) {
      guard let header = try FrameDecoder.nextReply(in: frame.span.bytes) else { return "incomplete" }
      guard header.frameLength == frame.count else { return "\(frame.count - header.frameLength) more bytes" }
      guard header.name(in: frame.span.bytes) == "\(name)_ACK" else { return "another name" }
      let envelope = RequestEnvelope.make(name, header.sequenceID)
      var buffer = ByteBuffer()
      if header.error == .ok {
        var body = header.body(in: frame.span.bytes)
        let response = try M.readResponse(&body)
        if let found = difference(response, values) { return found }
        ReplyFrame.append(response, to: envelope, into: &buffer)
      } else {
        ReplyFrame.append(error: header.error, to: envelope, into: &buffer)
      }
      let bytes = buffer.array()
      return bytes == frame ? nil : "written as \(Hex.encode(bytes))"
    } catch {
      return error.description
    }
  }
}
