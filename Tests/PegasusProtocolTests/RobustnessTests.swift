import Bytes
import TestSupport
import Testing
import Thrift

@testable import PegasusProtocol

/// Whatever arrives, decoders answer with a value or an error that says where: never with a trap.
@Suite struct RobustnessTests {
  let requests: [[UInt8]]
  let replies: [(code: RPCCode, frame: [UInt8])]

  init() throws {
    let vectors = try JSON.load("wire")
    requests = try vectors["requests_thft_v0"].list.map { try #require($0["hex"].bytes) }
    replies = try vectors["replies_thft"].list.map {
      (try #require(RPCCode(named: $0["rpc"].text ?? "")), try #require($0["hex"].bytes))
    }
  }

  @Test func requestsCutAnywhereAreIncomplete() {
    for frame in requests {
      for length in stride(from: 0, to: frame.count, by: 1) {
        let outcome = RoundTrip.request(Array(frame[..<length]))
        // Without four bytes nobody knows what it is.
        guard length >= 4 else { continue }
        #expect(outcome == .incomplete, "\(length) of \(Hex.encode(frame))")
      }
    }
  }

  /// The frame agrees with its lengths, the argument is cut.
  @Test func argumentsCutAnywhereAreErrors() {
    for frame in requests {
      for length in 49..<frame.count {
        var cut = Array(frame[..<length])
        withUnsafeBytes(of: UInt32(length - 48).bigEndian) { cut.replaceSubrange(16..<20, with: $0) }
        switch RoundTrip.request(cut) {
        case .badFrame(let error), .badArgument(let error):
          #expect(error.offset >= 0 && error.offset <= length)
        case let outcome: Issue.record("\(outcome) from \(length) bytes of \(Hex.encode(frame))")
        }
      }
    }
  }

  @Test func resultsCutAnywhereAreErrors() throws {
    for (code, frame) in replies {
      for length in 4..<frame.count {
        var cut = Array(frame[..<length])
        let early = try FrameDecoder.nextReply(in: cut.span.bytes)
        #expect(early == nil)
        withUnsafeBytes(of: UInt32(length).bigEndian) { cut.replaceSubrange(0..<4, with: $0) }
        #expect(RoundTrip.reply(cut, of: code, values: .null) != nil)
      }
    }
  }

  @Test func announcedLengthsAreLimited() throws {
    var reply = replies[0].frame
    reply.replaceSubrange(0..<4, with: [0x7f, 0xff, 0xff, 0xff])
    #expect(throws: ByteError(offset: 0, reason: .tooLong(length: 0x7fff_ffff, limit: 256 << 20))) {
      try FrameDecoder.nextReply(in: reply.span.bytes)
    }
    reply[0] = 0xff
    #expect(throws: ByteError(offset: 0, reason: .negativeLength(-1))) {
      try FrameDecoder.nextReply(in: reply.span.bytes)
    }
    reply.replaceSubrange(0..<4, with: [0, 0, 0, 3])
    #expect(throws: ByteError.self) { try FrameDecoder.nextReply(in: reply.span.bytes) }
    let request = requests[0]
    #expect(throws: ByteError.self) {
      try FrameDecoder.nextRequest(in: request.span.bytes, kind: .thrift, limit: 60)
    }
  }

  /// Bits flipped and lengths overwritten in good frames, and plain noise; the seed is fixed.
  @Test func damagedFrames() {
    var random = SplitMix(state: 20_161_231)
    for frame in requests {
      for _ in 0..<60 { _ = RoundTrip.request(random.damage(frame)) }
    }
    for (code, frame) in replies {
      for _ in 0..<60 { _ = RoundTrip.reply(random.damage(frame), of: code, values: .null) }
    }
    for _ in 0..<2000 {
      let noise = random.bytes(Int(random.next() % 300))
      for start in [[], Array("THFT".utf8), Array("THFT".utf8) + [0, 0, 0, 1], Array("RDSN".utf8)] {
        _ = RoundTrip.request(start + noise)
      }
      _ = RoundTrip.reply(noise, of: .scan, values: .null)
      _ = try? PegasusKey(encoded: noise)
    }
  }

  /// Every argument and result of the catalogue out of noise.
  @Test func damagedValuesOfEveryType() {
    var random = SplitMix(state: 7)
    for code in RPCCode.allCases {
      for _ in 0..<100 { decode(code.method, random.bytes(Int(random.next() % 80)), &random) }
    }
  }

  private func decode<M: RPCMethod>(_ method: M.Type, _ noise: [UInt8], _ random: inout SplitMix) {
    // Field headers that exist lead further in than pure noise does.
    var bytes = [M.Request.thriftType.rawValue, 0, 1]
    for _ in 0..<(random.next() % 4) {
      bytes += [[8, 10, 11, 12, 13, 15, 2][Int(random.next() % 7)], 0, UInt8(random.next() % 8)]
      bytes += [0, 0, 0, UInt8(random.next() % 4)]
    }
    bytes += noise
    var request = ByteReader(bytes.span.bytes)
    _ = try? M.readRequest(&request)
    bytes[0] = M.Response.thriftType.rawValue
    var response = ByteReader(bytes.span.bytes)
    _ = try? M.readResponse(&response)
    _ = try? ScanReplyView(ByteReader(bytes.span.bytes))
  }

  @Test func headersThatCannotBeBuilt() {
    #expect(throws: HeaderError.self) { try PartitionHeader(gpid: GPID(), timeoutMilliseconds: 1) }
    #expect(throws: HeaderError.self) {
      try PartitionHeader(gpid: GPID(appID: 1, partitionIndex: -1), timeoutMilliseconds: 1)
    }
    #expect(throws: HeaderError.self) { try ServerHeader(gpid: GPID(appID: 1), timeoutMilliseconds: 1) }
  }
}
