import Bytes
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing
import Thrift

/// Nothing that comes over the wire ends the process; what real servers die of is answered with an error or a close.
@Suite struct HostileTests {
  /// A recorded raw frame and what came back: frames, or how it ended.
  private struct RawCall: Decodable {
    let group: String
    let name: String
    let rpc: String?
    let request: [UInt8]?
    let replies: [String]

    enum CodingKeys: String, CodingKey { case group, name, rpc, request_hex, reply_hex }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      group = try values.decode(String.self, forKey: .group)
      name = try values.decode(String.self, forKey: .name)
      rpc = try? values.decode(String.self, forKey: .rpc)
      request = (try? values.decode(String.self, forKey: .request_hex)).flatMap { Hex.decode($0) }
      replies = (try? values.decode([String].self, forKey: .reply_hex)) ?? []
    }

    struct File: Decodable { let captures: [RawCall] }

    static func all() throws -> [RawCall] {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let file = folder.appending(path: "PegasusProtocolTests/Vectors/live.json")
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).captures.filter {
        ["hostile", "frames"].contains($0.group) && $0.request != nil
      }
    }
  }

  /// The table's id and, where a thread hash was given, its own, in the recorded header.
  private func readdressed(_ frame: [UInt8], to table: Int32) -> [UInt8] {
    var frame = frame
    func word(_ offset: Int) -> Int32 {
      frame[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int32($1) }
    }
    func set(_ value: Int32, _ offset: Int) {
      withUnsafeBytes(of: value.bigEndian) { frame.replaceSubrange(offset..<(offset + 4), with: $0) }
    }
    guard frame.count >= 48, frame.starts(with: bytes("THFT")), frame[7] == 0, frame[11] == 48 else { return frame }
    let old = word(24)
    guard old > 0, old < 1000 else { return frame }
    if word(36) == old &* 7919 &+ word(28) { set(table &* 7919 &+ word(28), 36) }
    set(table, 24)
    return frame
  }

  @Test func recordedHostileFrames() async throws {
    try await OneboxFixture.run({ $0.replicaPorts = [0] }) { box in
      _ = try await box.create("t", partitions: 4, replicas: 1)
      let table = try await box.open("t")
      try await table.put("hash_key", "sort_key", "v1")
      let calls = try RawCall.all()
      #expect(calls.count > 50)
      for call in calls {
        guard let request = call.request else { continue }
        let goesToMeta = call.name.contains("meta") && !call.name.hasPrefix("v1_meta")
        let answered = call.replies.compactMap { Hex.decode($0) }.filter { $0.count > 12 }
        // What is not answered by a real server is not waited for: the next request shows that all is well.
        let outcome = await RawConnection.exchange(
          port: goesToMeta ? box.server.metaPort : table.ports[0], readdressed(request, to: table.id),
          enough: answered.isEmpty ? .max : 20, patience: answered.isEmpty ? 10 : 20_000)
        if let first = answered.first {
          // Where a real server answers, so does this one, with the same error of the frame.
          let end = 8 + Int(first[7])
          #expect(outcome.received.count > end, "\(call.name): \(outcome)")
          #expect(outcome.received.prefix(end).dropFirst(4) == first.prefix(end).dropFirst(4), "\(call.name)")
        }
        #expect(try await table.get("hash_key", "sort_key") == "v1", "\(call.name)")
      }
    }
  }

  @Test func wrongHashesAreRefusedWithAnError() async throws {
    try await OneboxFixture.run({ $0.replicaPorts = [0] }) { box in
      _ = try await box.create("t", partitions: 4, replicas: 1)
      let table = try await box.open("t")
      for call in try RawCall.all()
      where ["put_wrong_partition_hash", "put_wrong_thread_hash", "remove_wrong_partition_hash"].contains(call.name) {
        let frame = readdressed(call.request ?? [], to: table.id)
        let outcome = await RawConnection.exchange(port: table.ports[0], frame, enough: 40, patience: 20_000)
        #expect(text(outcome.received).contains("ERR_INVALID_PARAMETERS"), "\(call.name)")
      }
      let scan = try await table.call(GetScanner.self, .fullScan(), partition: 1)
      #expect(scan.kvs.isEmpty)
    }
  }

  @Test func damagedFramesDoNotEndTheServer() async throws {
    try await OneboxFixture.run({ $0.replicaPorts = [0] }) { box in
      _ = try await box.create("t", partitions: 1, replicas: 1)
      let table = try await box.open("t")
      try await table.put("h", "s", "v")
      var random = SplitMix(state: 42)
      let originals = try
        (RecordedCall.group("data/scan") + RecordedCall.group("data/multi")
        + RecordedCall.group("data/check_and_mutate") + RecordedCall.group("data/duplicate")
        + RecordedCall.group("meta/envs") + RecordedCall.group("meta/create_drop")).compactMap(\.request)
      for round in 0..<1500 {
        var frame = readdressed(originals[round % originals.count], to: table.id)
        guard frame.count > 60 else { continue }
        for _ in 0...Int(random.next() % 3) {
          frame[48 + Int(random.next() % UInt64(frame.count - 48))] = UInt8(truncatingIfNeeded: random.next())
        }
        let port = round.isMultiple(of: 5) ? box.server.metaPort : table.ports[0]
        _ = await RawConnection.exchange(port: port, frame, enough: 1, patience: 3)
      }
      #expect(try await table.get("h", "s") == "v")
    }
  }

  @Test func nativeAndOldStyleFramesAreAnswered() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table(partitions: 1)
      try await table.put("h", "s", "v")
      var buffer = ByteBuffer()
      NativeFrame.append(
        Get.self, header: try .partition(GPID(appID: table.id, partitionIndex: 0), timeoutMilliseconds: 1000),
        messageID: 77, from: RPCAddress(), withChecksums: true, request: try table.key("h", "s"), into: &buffer)
      let outcome = await RawConnection.exchange(port: table.ports[0], buffer.array(), enough: 200, patience: 20_000)
      let header = try #require(try NativeHeader.next(in: outcome.received.span.bytes))
      #expect(header.messageID == 77 && header.error == .ok && header.method == .known(.get))
      #expect(header.from == RPCAddress("127.0.0.1:\(table.ports[0])")?.value)
      var body = ByteReader(outcome.received.span.bytes.extracting(NativeHeader.length..<outcome.received.count))
      #expect(try body.readSingleField(ReadResponse.self).value == bytes("v"))
    }
  }
}
