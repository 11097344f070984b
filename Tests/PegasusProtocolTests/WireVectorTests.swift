import Bytes
import Testing
import Thrift

@testable import PegasusProtocol

/// Golden frames: every request a shell needs, constructed replies, native frames.
@Suite struct WireVectorTests {
  let vectors: JSON

  init() throws {
    vectors = try JSON.load("wire")
  }

  @Test func requestsOfVersion0() throws {
    let requests = vectors["requests_thft_v0"].list
    #expect(requests.count == 76)
    for vector in requests {
      let frame = try #require(vector["hex"].bytes)
      let outcome = RoundTrip.request(frame, values: vector["args"])
      #expect(outcome == .same, "\(vector["name"])")
    }
  }

  @Test func requestsOfVersion1() throws {
    let requests = vectors["requests_thft_v1"].list
    #expect(requests.count == 2)
    for vector in requests {
      let outcome = RoundTrip.request(try #require(vector["hex"].bytes))
      #expect(outcome == .same, "\(vector["name"])")
    }
  }

  @Test func nativeFrames() throws {
    let frames = vectors["native_rdsn"].list
    #expect(frames.count == 4)
    for vector in frames.dropLast() {
      let outcome = RoundTrip.request(try #require(vector["hex"].bytes))
      #expect(outcome == .same, "\(vector["name"])")
    }
    let reply = try #require(frames.last?["hex"].bytes)
    let header = try #require(try NativeHeader.next(in: reply.span.bytes))
    #expect(header.method == .known(.get))
    #expect(header.error == .ok)
    var body = ByteReader(reply.span.bytes.extracting(NativeHeader.length...))
    let response = try Get.readResponse(&body)
    #expect(response.value == Array("v1".utf8))
    var buffer = ByteBuffer()
    header.encode(into: &buffer)
    buffer.appendSingleField(0, response)
    #expect(buffer.array() == reply)
  }

  @Test func damagedChecksumsAreRefused() throws {
    var frame = try #require(vectors["native_rdsn"].list[1]["hex"].bytes)
    frame[30] ^= 1
    #expect(RoundTrip.request(frame) == .badFrame(.invalid("header checksum", at: 12)))
    frame[30] ^= 1
    frame[200] ^= 1
    #expect(RoundTrip.request(frame) == .badFrame(.invalid("body checksum", at: 20)))
  }

  @Test func replies() throws {
    let replies = vectors["replies_thft"].list
    #expect(replies.count == 33)
    for vector in replies {
      let code = try #require(RPCCode(named: vector["rpc"].text ?? ""))
      let problem = RoundTrip.reply(try #require(vector["hex"].bytes), of: code, values: vector["result"])
      #expect(problem == nil, "\(vector["name"])")
    }
  }

  @Test func liveCaptures() throws {
    let captures = vectors["live_captures"].list
    #expect(captures.count == 29)
    var handled = 0
    // The sender of these used the hash of one key for every read.
    let unusual: [String: RoundTrip.Outcome] = [
      "unknown_rpc": .unknownMethod, "get_scanner_empty_range": .otherHash, "scan_lost_context": .otherHash,
      "get_unknown_table": .otherHash,
    ]
    for capture in captures {
      let request = try #require(capture["request_hex"].bytes)
      let name = capture["name"].text ?? ""
      let outcome = RoundTrip.request(request)
      #expect(outcome == unusual[name] ?? .same, "\(name)")
      let reply = try #require(capture["reply_hex"].bytes)
      if capture["framing"].text == "RDSN" {
        try checkNative(request, reply)
      } else if let code = try FrameDecoder.nextRequest(in: request.span.bytes, kind: .thrift)?.method.code {
        #expect(RoundTrip.reply(reply, of: code, values: capture["decoded"]) == nil, "\(name)")
      } else {
        try checkUnknown(request, reply)
      }
      handled += 1
    }
    #expect(handled == 29)
  }

  /// Our reply to the same request is the server's, but for the numbers a process gives to names for itself.
  private func checkNative(_ request: [UInt8], _ reply: [UInt8]) throws {
    let asked = try #require(try FrameDecoder.nextRequest(in: request.span.bytes, kind: .native))
    var header = try #require(try NativeHeader.next(in: reply.span.bytes))
    let server = try #require(RPCAddress(value: header.from))
    var body = ByteReader(reply.span.bytes.extracting(NativeHeader.length...))
    var buffer = ByteBuffer()
    if header.error == .forwardToOthers {
      let leader: RPCAddress = try body.readSingleField()
      ReplyFrame.append(forwardTo: leader, to: asked, from: server, into: &buffer)
    } else {
      ReplyFrame.append(try ListNodes.readResponse(&body), to: asked, from: server, into: &buffer)
    }
    header.localMethod = .init()
    header.localError = .init()
    var expected = ByteBuffer()
    header.encode(into: &expected)
    expected.append(reply.span.bytes.extracting(NativeHeader.length...))
    #expect(buffer.array() == expected.array())
  }

  /// A name nobody knows is answered with it.
  private func checkUnknown(_ request: [UInt8], _ reply: [UInt8]) throws {
    let asked = try #require(try FrameDecoder.nextRequest(in: request.span.bytes, kind: .thrift))
    var buffer = ByteBuffer()
    ReplyFrame.append(error: .handlerNotFound, to: asked, into: &buffer)
    #expect(buffer.array() == reply)
  }
}

extension RPCCode {
  init?(named name: String) {
    let bytes = Array(name.utf8)
    self.init(name: bytes.span.bytes)
  }
}
