import Bytes
import Testing
import Thrift

@testable import PegasusProtocol

/// What went over the wire between a client and real servers of 2.6: 507 calls, many of them hostile.
@Suite struct LiveVectorTests {
  let captures: [JSON]

  init() throws {
    captures = try JSON.load("live")["captures"].list
  }

  /// Ordinary calls that our types cannot write as they were sent, and why.
  private static let unusual: [String: RoundTrip.Outcome] = [
    // The sender wrote a map out of order; we write the order of std::map.
    "create_unknown_env": .differs(""),
    // Reads whose hash the server ignores, sent with another one than their key's.
    "batch_get_no_keys": .otherHash, "scan_start_stop_inclusive": .otherHash, "scan_start_after_stop": .otherHash,
    "scan_one_hash_key": .otherHash, "get_wrong_partition_hash": .otherHash, "get_partition_hash_0": .otherHash,
    // Allowed, but the hash of a put is always its key's with us.
    "put_partition_hash_0": .otherHash,
    // Headers that cannot be built.
    "get_partition_index_minus_1": .badHeader, "get_app_id_0": .badHeader, "get_thread_hash_0": .differs(""),
    // Between clusters: the partition speaks for the request.
    "duplicate_unconfigured_cluster": .otherHash, "duplicate_self": .otherHash, "duplicate_no_entries": .otherHash,
    "duplicate_unknown_task_code": .otherHash, "duplicate_put": .otherHash,
    "duplicate_put_verify_timetag_old": .otherHash, "duplicate_remove": .otherHash,
  ]

  @Test func requests() throws {
    var version0 = 0
    var version1 = 0
    var exceptions = Set<String>()
    for capture in captures where capture["header_format"].text == "THFT v0" {
      guard let frame = capture["request_hex"].bytes else { continue }
      let name = try #require(capture["name"].text)
      let expected = Self.unusual[name] ?? .same
      let outcome = RoundTrip.request(frame, values: capture["request"])
      #expect(outcome.description == expected.description, "\(name)")
      if expected != .same { exceptions.insert(name) }
      version0 += 1
      if let repeated = capture["v1"]["request_hex"].bytes {
        let outcome = RoundTrip.request(repeated, values: capture["request"])
        #expect((outcome == .same) == (expected == .same || name == "get_thread_hash_0"), "\(name) \(outcome)")
        version1 += 1
      }
    }
    #expect(version0 == 435)
    #expect(version1 == 213)
    #expect(exceptions == Set(Self.unusual.keys))
  }

  /// Three requests are too long to be in the file; what is there of them is compared.
  @Test func longRequests() throws {
    var count = 0
    for capture in captures where capture["header_format"].text == "THFT v0" {
      let hex = capture["request_hex"]
      guard let length = hex["length"].number, let first = hex["first_hex"].bytes else { continue }
      let key = try PegasusKey(encoded: try #require(capture["request"]["key"]["hex"].bytes))
      let pattern = try #require(capture["request"]["value"]["first16_hex"].bytes)
      let size = Int(try #require(capture["request"]["value"]["len"].number))
      let value = (0..<size).map { pattern[$0 % pattern.count] }
      let gpid = GPID(
        appID: Int32(try #require(capture["header"]["app_id"].number)),
        partitionIndex: Int32(try #require(capture["header"]["partition_index"].number)))
      let header = try PartitionHeader(gpid: gpid, timeoutMilliseconds: 5000)
      var buffer = ByteBuffer()
      RequestFrame.append(
        Put.self, header: header, sequenceID: Int32(try #require(capture["seqid"].number)),
        request: UpdateRequest(key: key, value: value), into: &buffer)
      let frame = buffer.array()
      #expect(frame.count == Int(length))
      #expect(frame.starts(with: first))
      count += 1
    }
    #expect(count == 3)
  }

  @Test func replies() throws {
    var handled = 0
    var tooLong = 0
    for capture in captures where ["THFT v0", "THFT v1"].contains(capture["header_format"].text) {
      guard let frame = capture["reply_hex"].bytes else {
        if capture["reply_hex"]["length"] != .null { tooLong += 1 }
        continue
      }
      let code = try #require(RPCCode(named: capture["rpc"].text ?? ""))
      let problem = RoundTrip.reply(frame, of: code, values: capture["result"])
      #expect(problem == nil, "\(capture["name"])")
      handled += 1
    }
    #expect(handled == 435)
    #expect(tooLong == 3)
  }

  /// Frames nobody should send: what our decoders make of them. A frame that a real server dies of is refused, or is
  /// one our types cannot write. (But for `data_rpc_to_meta`: a sound request to the wrong kind of server.)
  @Test func hostileRequests() throws {
    var handled = 0
    for capture in captures where capture["header_format"].text == "raw" {
      guard let frame = capture["request_hex"].bytes else { continue }
      let name = try #require(capture["name"].text)
      let outcome = RoundTrip.request(frame)
      let expected = HostileFrames.expected[name] ?? "same"
      #expect(outcome.description == expected, "\(name)")
      if HostileFrames.abortServers.contains(name) { #expect(outcome != .same, "\(name)") }
      handled += 1
    }
    #expect(handled == 63)
    #expect(captures.filter { $0["header_format"].text == "raw" }.count == 65)
    #expect(captures.count == 507)
  }

  /// Every reply to the raw frames is read and written again.
  @Test func repliesToHostileRequests() throws {
    var handled = 0
    for capture in captures where capture["header_format"].text == "raw" {
      for reply in capture["reply_hex"].list {
        guard let frame = reply.bytes, !frame.isEmpty else { continue }
        let header = try #require(try FrameDecoder.nextReply(in: frame.span.bytes))
        #expect(header.frameLength == frame.count)
        let name = header.name(in: frame.span.bytes)
        if header.error == .ok, let code = RPCCode(named: String(name.dropLast(4))) {
          #expect(try rewritten(code.method, frame, header) == frame)
        }
        handled += 1
      }
    }
    #expect(handled == HostileFrames.replyCount)
  }

  private func rewritten<M: RPCMethod>(_ method: M.Type, _ frame: [UInt8], _ header: ReplyHeader) throws -> [UInt8] {
    var body = header.body(in: frame.span.bytes)
    let response = try M.readResponse(&body)
    var buffer = ByteBuffer()
    ReplyFrame.append(response, to: .make(.known(M.code), header.sequenceID), into: &buffer)
    return buffer.array()
  }

  @Test func writesWithWrongHashesAreNoticed() throws {
    let names = ["put_wrong_partition_hash", "put_wrong_thread_hash", "put_wrong_partition_hash_v1"]
    var found = 0
    for capture in captures where names.contains(capture["name"].text ?? "") {
      let frame = try #require(capture["request_hex"].bytes)
      let envelope = try #require(try FrameDecoder.nextRequest(in: frame.span.bytes, kind: .thrift))
      let view = try PutRequestView(envelope.body(in: frame.span.bytes))
      let hash = view.key.partitionHash
      #expect(envelope.misses(.key(hash)) != nil)
      found += 1
    }
    #expect(found == 3)
  }
}
