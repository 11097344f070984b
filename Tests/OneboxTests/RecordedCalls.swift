import Bytes
import Foundation
import PegasusProtocol
import Thrift

/// A request that was sent to a real server, and what it answered.
struct RecordedCall: Decodable {
  struct Header: Decodable {
    let partition_index: Int32
  }

  let group: String
  let name: String
  let rpc: String
  let header: Header?
  let request: [UInt8]?
  let reply: [UInt8]?

  enum CodingKeys: String, CodingKey {
    case group, name, rpc, header, request_hex, reply_hex
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    group = try values.decode(String.self, forKey: .group)
    name = try values.decode(String.self, forKey: .name)
    rpc = (try? values.decode(String.self, forKey: .rpc)) ?? ""
    header = try? values.decode(Header.self, forKey: .header)
    // Very long ones are only described.
    request = (try? values.decode(String.self, forKey: .request_hex)).flatMap { Hex.decode($0) }
    reply = (try? values.decode(String.self, forKey: .reply_hex)).flatMap { Hex.decode($0) }
  }

  private struct File: Decodable {
    let captures: [RecordedCall]
  }

  /// The calls of a group, in the order in which they were made.
  static func group(_ name: String) throws -> [RecordedCall] { try all.get().filter { $0.group == name } }

  private static let all = Result {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appending(path: "PegasusProtocolTests/Vectors/live.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: file)).captures
  }

  /// The request's argument.
  func argument<Value: ThriftValue>(_ type: Value.Type) throws -> Value {
    guard let bytes = request, let envelope = try FrameDecoder.nextRequest(in: bytes.span.bytes, kind: .thrift) else {
      throw Unexpected("\(name): not a whole request")
    }
    var body = envelope.body(in: bytes.span.bytes)
    return try body.readSingleField(type)
  }

  /// The reply's result.
  func result<Value: ThriftValue>(_ type: Value.Type) throws -> Value {
    guard let bytes = reply, let header = try FrameDecoder.nextReply(in: bytes.span.bytes) else {
      throw Unexpected("\(name): not a whole reply")
    }
    var body = ByteReader(bytes.span.bytes.extracting(header.bodyOffset..<header.frameLength))
    return try body.readSingleField(type)
  }
}

/// A result without its origin, its decree, and with ids of scans reduced to "there is one".
func normalized<Response>(_ response: Response) -> Response {
  func same(_ value: Any) -> Response { value as? Response ?? response }
  switch response {
  case var value as UpdateResponse:
    (value.appId, value.server, value.decree) = (0, "", 0)
    return same(value)
  case var value as ReadResponse:
    (value.appId, value.server) = (0, "")
    return same(value)
  case var value as TtlResponse:
    (value.appId, value.server) = (0, "")
    // The recording is from another second.
    if value.ttlSeconds > 0 { value.ttlSeconds = 1 }
    if value.ttlSeconds < -1 { value.ttlSeconds = -2 }
    return same(value)
  case var value as CountResponse:
    (value.appId, value.server) = (0, "")
    return same(value)
  case var value as MultiGetResponse:
    (value.appId, value.server) = (0, "")
    return same(value)
  case var value as MultiRemoveResponse:
    (value.appId, value.server, value.decree) = (0, "", 0)
    return same(value)
  case var value as BatchGetResponse:
    (value.appId, value.server) = (0, "")
    return same(value)
  case var value as IncrResponse:
    (value.appId, value.server, value.decree) = (0, "", 0)
    return same(value)
  case var value as CheckAndSetResponse:
    (value.appId, value.server, value.decree) = (0, "", 0)
    return same(value)
  case var value as CheckAndMutateResponse:
    (value.appId, value.server, value.decree) = (0, "", 0)
    return same(value)
  case var value as ScanResponse:
    (value.appId, value.server) = (0, "")
    if value.contextId != 0, value.contextId != -1 { value.contextId = 1 }
    for index in value.kvs.indices where value.kvs[index].expireTsSeconds ?? 0 > 0 {
      value.kvs[index].expireTsSeconds = 1
    }
    return same(value)
  default: return response
  }
}

/// A request with its expiry moved from the time of the recording to now.
func shifted<Request>(_ request: Request, by seconds: Int32) -> Request {
  func same(_ value: Any) -> Request { value as? Request ?? request }
  func moved(_ expiry: Int32) -> Int32 { expiry > 1_000_000 ? expiry + seconds : expiry }
  switch request {
  case var value as UpdateRequest:
    value.expireTsSeconds = moved(value.expireTsSeconds)
    return same(value)
  case var value as MultiPutRequest:
    value.expireTsSeconds = moved(value.expireTsSeconds)
    return same(value)
  case var value as IncrRequest:
    value.expireTsSeconds = moved(value.expireTsSeconds)
    return same(value)
  case var value as CheckAndSetRequest:
    value.setExpireTsSeconds = moved(value.setExpireTsSeconds)
    return same(value)
  case var value as CheckAndMutateRequest:
    for index in value.mutateList.indices {
      value.mutateList[index].setExpireTsSeconds = moved(value.mutateList[index].setExpireTsSeconds)
    }
    return same(value)
  default: return request
  }
}
