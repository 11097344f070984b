import Bytes
import EventLoop
import PegasusProtocol
import RPC
import TestSupport
import Testing
import Thrift

/// Collects what `send` reports.
@LoopActor
final class Recorder: ReplySink {
  enum Outcome: Equatable {
    case reply(ErrorCode, bodyLength: Int)
    case failure(RPCError)
  }

  var outcomes: [UInt64: [Outcome]] = [:]
  var order: [UInt64] = []
  /// Says that the body cannot be read.
  var rejects = false
  var onOutcome: (@LoopActor (UInt64) -> Void)?

  var count: Int { order.count }

  func received(token: UInt64, error: ErrorCode, body: inout ByteReader) throws(ByteError) {
    if rejects { throw .invalid("nonsense", at: 3) }
    note(token, .reply(error, bodyLength: body.remaining))
  }

  func failed(token: UInt64, error: RPCError) { note(token, .failure(error)) }

  func failure(_ token: UInt64) -> RPCError? {
    if case .failure(let error)? = outcomes[token]?.first { error } else { nil }
  }

  private func note(_ token: UInt64, _ outcome: Outcome) {
    outcomes[token, default: []].append(outcome)
    order.append(token)
    onOutcome?(token)
  }
}

func key(_ number: Int) -> PegasusKey {
  (try? PegasusKey(hashKey: Array("key".utf8), sortKey: Array("\(number)".utf8))) ?? PegasusKey()
}

func partition(timeoutMilliseconds: Int32 = 5000) throws -> PartitionHeader {
  try PartitionHeader(gpid: GPID(appID: 2, partitionIndex: 5), timeoutMilliseconds: timeoutMilliseconds)
}

extension RPCClient {
  /// A put through the hot path.
  func put(_ number: Int, timeout: Duration = .seconds(20), to sink: any ReplySink) throws {
    let header = try partition()
    let request = UpdateRequest(key: key(number), value: [1, 2, 3])
    send(Put.self, timeout: timeout, token: UInt64(number), sink: sink) { buffer, sequenceID in
      RequestFrame.append(Put.self, header: header, sequenceID: sequenceID, request: request, into: &buffer)
    }
  }

  /// A get; the sort key comes back.
  func get(_ number: Int, timeout: Duration = .seconds(20)) async throws -> [UInt8] {
    try await call(Get.self, key(number), header: try partition(), timeout: timeout).value
  }
}

/// A server and a client of it.
@LoopActor
struct Pair {
  let service = EchoService()
  let server: RPCServer
  let client: RPCClient

  init(options: RPCServer.Options = .init(), clientOptions: RPCClient.Options = .init()) throws {
    server = try RPCServer(host: "127.0.0.1", port: 0, options: options, handler: service)
    client = RPCClient(node: NodeAddress(host: "127.0.0.1", port: server.port), options: clientOptions)
  }

  func close() {
    client.close()
    server.close()
  }
}

/// A reply frame as a server would send it, by hand.
func replyFrame(_ sequenceID: Int32, method: String = "RPC_RRDB_RRDB_GET", error: String = "ERR_OK", body: [UInt8])
  -> [UInt8]
{
  var buffer = ByteBuffer()
  buffer.append(bigEndian: 0 as UInt32)
  buffer.append(bigEndian: UInt32(error.utf8.count))
  buffer.append(utf8: error)
  buffer.append(bigEndian: 0x8001_0002 as UInt32)
  buffer.append(bigEndian: UInt32(method.utf8.count + 4))
  buffer.append(utf8: method + "_ACK")
  buffer.append(bigEndian: sequenceID)
  buffer.append(body)
  buffer.patch(bigEndian: UInt32(buffer.count), at: 0)
  return buffer.array()
}

/// The body of a get's reply.
func readResponse(_ value: String) -> [UInt8] {
  var buffer = ByteBuffer()
  buffer.append([0x0c, 0, 0])
  ReadResponse(value: Array(value.utf8)).encode(into: &buffer)
  buffer.append(0 as UInt8)
  return buffer.array()
}

/// The sequence id of a request's body: behind version and name.
func sequenceID(of body: [UInt8]) -> Int32 {
  let length = body[4..<8].reduce(0) { $0 << 8 | Int($1) }
  return body[(8 + length)..<(12 + length)].reduce(0) { $0 << 8 | Int32($1) }
}
