import EventLoop
import PegasusProtocol
import RPC
import Testing

/// The onebox answers recorded requests as a real replica server did.
@Suite struct RecordedCallTests {
  /// When the calls were recorded, in seconds since 2016.
  private static let recordedAt: Int32 = 343_612_898

  /// Values that were stored before a call, by its name; they are not in the recording. Nil = removed.
  private static func seeds(for call: RecordedCall) -> [(hash: String, sort: String, value: String?)] {
    let name = call.name
    if name.hasPrefix("cas_"), let start = name.range(of: "_value_", options: .last),
      let end = name.range(of: "_operand_", options: .last), start.upperBound <= end.lowerBound
    {
      let value = String(name[start.upperBound..<end.lowerBound])
      return [("cas", "n", value == "missing" ? nil : value == "empty" ? "" : value)]
    }
    return switch name {
    case "cas_int_check_on_text": [("cas", "s", "abc")]
    case "cas_int_check_operand_text": [("cas", "s", "5")]
    case "cas_int_check_value_empty": [("cas", "d", "")]
    case "cam_pass_put_delete": [("cas", "del", "x")]
    case "incr_existing_number": [("incr", "num", "41")]
    case "incr_on_text": [("incr", "txt", "text")]
    case "incr_overflow": [("incr", "max", "9223372036854775807")]
    case "incr_underflow": [("incr", "max", "-9223372036854775808")]
    case "incr_on_empty_value": [("incr", "empty", "")]
    case "incr_on_leading_space": [("incr", "sp", " 5")]
    case "incr_on_plus_sign": [("incr", "plus", "+5")]
    default: []
    }
  }

  @Test(arguments: [
    ["data/put_get", "data/multi"], ["data/incr"], ["data/check_and_set", "data/check_and_mutate"],
    ["data/put_get", "data/duplicate"],
  ])
  func groupsAreAnsweredAlike(_ groups: [String]) async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 4)
      var count = 0
      for call in try groups.flatMap(RecordedCall.group) {
        guard let index = call.header?.partition_index, call.request != nil, call.reply != nil else { continue }
        for seed in Self.seeds(for: call) { try await store(seed, table) }
        if call.name == "incr_on_expired" { try await table.put("incr", "exp", "7", expiry: 1) }
        if call.name == "incr_keep_ttl" { try await table.put("incr", "ttl", "1", expiry: epochNow + 500) }
        // Waited for in the recording.
        if call.name == "get_expired" { try await table.put("hash_key", "short", "v", expiry: epochNow) }
        try await replay(call, table, index)
        count += 1
      }
      #expect(count > 10)
    }
  }

  @LoopActor
  private func store(_ seed: (hash: String, sort: String, value: String?), _ table: TableFixture) async throws {
    if let value = seed.value {
      try await table.put(seed.hash, seed.sort, value)
    } else {
      let key = try table.key(seed.hash, seed.sort)
      _ = try await table.call(Remove.self, key, partition: table.partition(of: key))
    }
  }

  @LoopActor
  private func replay(_ call: RecordedCall, _ table: TableFixture, _ index: Int32) async throws {
    func go<M: PartitionMethod>(_ method: M.Type) async throws {
      let request = shifted(try call.argument(M.Request.self), by: epochNow - Self.recordedAt)
      guard call.name != "put_1048576" else {
        await #expect(throws: RPCErrorMatcher(code: .invalidData)) {
          try await RPCErrorMatcher.of { try await table.call(method, request, partition: index) }
        }
        return
      }
      let expected = normalized(try call.result(M.Response.self))
      let seen = normalized(try await table.call(method, request, partition: index))
      #expect(seen == expected, "\(call.name)")
    }
    guard let code = RPCCode.allCases.first(where: { $0.name.description == call.rpc }),
      let method = code.method as? any PartitionMethod.Type
    else { return }
    try await go(method)
  }

  @Test func scansAreAnsweredAlike() async throws {
    try await OneboxFixture.run { box in
      let table = try await box.table("t", partitions: 4)
      for (hash, sort) in [
        ("k1", "a"), ("k1", "b"), ("k3", "a"), ("k4", "a"), ("k6", "a"), ("k8", "a"), ("k10", "a"), ("k12", "a"),
      ] {
        let request = UpdateRequest(
          key: try table.key(hash, sort), value: bytes("v\(sort)"),
          expireTsSeconds: sort == "b" ? epochNow + 86400 : 0)
        #expect(try await table.call(Put.self, request, partition: 0).error == .ok)
      }
      // Ids of the recording and here.
      var contexts: [Int64: Int64] = [:]
      var count = 0
      for call in try RecordedCall.group("data/scan") {
        count += 1
        switch call.rpc {
        case "RPC_RRDB_RRDB_GET_SCANNER":
          let expected = try call.result(ScanResponse.self)
          let seen = try await table.call(GetScanner.self, try call.argument(GetScannerRequest.self), partition: 0)
          #expect(normalized(seen) == normalized(expected), "\(call.name)")
          contexts[expected.contextId] = seen.contextId
        case "RPC_RRDB_RRDB_SCAN":
          let expected = try call.result(ScanResponse.self)
          var request = try call.argument(ScanRequest.self)
          if let id = contexts[request.contextId], id > 0 || id < -2 { request.contextId = id }
          let seen = try await table.call(Scan.self, request, partition: 0)
          // Here the real server sent fewer rows than it might have.
          if call.name != "scan_reuse_1" { #expect(normalized(seen) == normalized(expected), "\(call.name)") }
          if seen.contextId != 0, seen.contextId != -1 {
            #expect(seen.contextId == request.contextId + 1)
            contexts[expected.contextId] = seen.contextId
          }
        case "RPC_RRDB_RRDB_CLEAR_SCANNER":
          let context = try call.argument(ScanContext.self)
          box.client(table.ports[0]).post(
            ClearScanner.self, ScanContext(id: contexts[context.id] ?? 0),
            header: try .partition(GPID(appID: table.id, partitionIndex: 0), timeoutMilliseconds: 1000))
        default: break
        }
      }
      #expect(count == 30)
    }
  }
}

extension String {
  fileprivate enum Search { case last }

  /// The last place of `pattern`.
  fileprivate func range(of pattern: String, options: Search) -> Range<String.Index>? {
    ranges(of: pattern).last
  }
}
