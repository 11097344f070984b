import EventLoop
import Onebox
import PegasusProtocol
import RPC
import TestSupport

/// A onebox on free ports and clients of its servers, for one test.
@LoopActor
final class OneboxFixture {
  let directory: TemporaryDirectory
  private(set) var options: OneboxOptions
  private(set) var server: OneboxServer
  private var clients: [UInt16: RPCClient] = [:]
  private var elsewhere: (meta: UInt16, replicas: [UInt16])?

  /// Starts it, runs `body`, stops it.
  static func run(
    _ change: (inout OneboxOptions) -> Void = { _ in }, _ body: @LoopActor (OneboxFixture) async throws -> Void
  ) async throws {
    let fixture = OneboxFixture(change)
    try await fixture.server.start()
    do {
      try await body(fixture)
    } catch {
      await fixture.server.stop()
      throw error
    }
    await fixture.server.stop()
  }

  private init(_ change: (inout OneboxOptions) -> Void) {
    directory = TemporaryDirectory("onebox")
    options = OneboxOptions(dataDirectory: directory.file("data"))
    options.metaPort = 0
    options.replicaPorts = [0, 0, 0]
    options.minimumFreeBytes = 0
    change(&options)
    server = OneboxServer(options: options)
  }

  /// Clients of a cluster that another process is; nothing of this object's own runs.
  init(metaPort: UInt16, replicaPorts: [UInt16], storage: String) {
    directory = TemporaryDirectory("onebox")
    options = OneboxOptions(dataDirectory: directory.file("data"))
    options.blockServices["local_service"] = storage
    server = OneboxServer(options: options)
    elsewhere = (metaPort, replicaPorts)
  }

  var metaPort: UInt16 { elsewhere?.meta ?? server.metaPort }
  var replicaPorts: [UInt16] { elsewhere?.replicas ?? server.replicaPorts }

  /// Stops and starts again on the same data.
  func restart() async throws {
    await server.stop()
    clients = [:]
    server = OneboxServer(options: options)
    try await server.start()
  }

  func client(_ port: UInt16) -> RPCClient {
    if let client = clients[port] { return client }
    let client = RPCClient(node: NodeAddress(host: "127.0.0.1", port: port))
    clients[port] = client
    return client
  }

  // MARK: Meta

  func meta<M: MetaMethod>(_ method: M.Type, _ request: M.Request) async throws -> M.Response {
    try await client(metaPort).call(
      method, request, header: .server(timeoutMilliseconds: 10_000), timeout: .seconds(20))
  }

  func command(_ port: UInt16, _ name: String, _ arguments: String...) async throws -> String {
    try await client(port).call(
      CliCliCall.self, Command(cmd: name, arguments: arguments), header: .server(timeoutMilliseconds: 10_000),
      timeout: .seconds(20))
  }

  @discardableResult
  func create(
    _ name: String, partitions: Int32 = 4, replicas: Int32 = 3, environment: [String: String] = [:],
    successIfExist: Bool = false
  ) async throws -> ConfigurationCreateAppResponse {
    try await meta(
      CreateApp.self,
      ConfigurationCreateAppRequest(
        appName: name,
        options: CreateAppOptions(
          partitionCount: partitions, replicaCount: replicas, successIfExist: successIfExist, appType: "pegasus",
          isStateful: true, envs: environment)))
  }

  @discardableResult
  func setEnvironment(_ table: String, _ key: String, _ value: String) async throws -> String {
    let response = try await meta(
      UpdateAppEnv.self,
      ConfigurationUpdateAppEnvRequest(appName: table, op: .set, keys: [key], values: [value]))
    return response.err == .ok ? "" : response.hintMessage
  }

  func table(_ name: String = "t", partitions: Int32 = 4) async throws -> TableFixture {
    if try await create(name, partitions: partitions).err != .ok { throw Unexpected("cannot create \(name)") }
    return try await open(name)
  }

  func open(_ name: String) async throws -> TableFixture {
    let routing = try await meta(QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: name))
    guard routing.err == .ok else { throw Unexpected("\(routing.err)") }
    return TableFixture(
      box: self, id: routing.appId, ports: routing.partitions.map(\.primary.port))
  }
}

struct Unexpected: Error {
  let what: String
  init(_ what: String) { self.what = what }
}

/// One table of the onebox, with its routing.
@LoopActor
struct TableFixture {
  let box: OneboxFixture
  let id: Int32
  /// Of the primaries, by partition.
  let ports: [UInt16]

  func partition(of key: PegasusKey) -> Int32 {
    PartitionHash.index(of: key.partitionHash, count: Int32(ports.count))
  }

  func call<M: PartitionMethod>(
    _ method: M.Type, _ request: M.Request, partition: Int32, timeoutMilliseconds: Int32 = 10_000
  ) async throws -> M.Response {
    try await box.client(ports[Int(partition)]).call(
      method, request,
      header: try .partition(
        GPID(appID: id, partitionIndex: partition), timeoutMilliseconds: timeoutMilliseconds),
      timeout: .seconds(20))
  }

  /// To the partition of a hash key.
  func call<M: PartitionMethod>(_ method: M.Type, _ request: M.Request, of hashKey: String) async throws -> M.Response {
    try await call(method, request, partition: partition(of: key(hashKey, "")))
  }

  func key(_ hashKey: String, _ sortKey: String) throws -> PegasusKey {
    try PegasusKey(hashKey: Array(hashKey.utf8), sortKey: Array(sortKey.utf8))
  }

  @discardableResult
  func put(_ hashKey: String, _ sortKey: String, _ value: String, expiry: Int32 = 0) async throws -> UpdateResponse {
    let key = try key(hashKey, sortKey)
    return try await call(
      Put.self, UpdateRequest(key: key, value: Array(value.utf8), expireTsSeconds: expiry),
      partition: partition(of: key))
  }

  /// Nil when there is no such row.
  func get(_ hashKey: String, _ sortKey: String) async throws -> String? {
    let key = try key(hashKey, sortKey)
    let response = try await call(Get.self, key, partition: partition(of: key))
    guard response.error == .ok else { return nil }
    return String(decoding: response.value, as: UTF8.self)
  }

  func timeToLive(_ hashKey: String, _ sortKey: String) async throws -> TtlResponse {
    let key = try key(hashKey, sortKey)
    return try await call(TTL.self, key, partition: partition(of: key))
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Seconds since 2016-01-01 UTC.
var epochNow: Int32 { Int32(truncatingIfNeeded: unixNow - TTLEpoch.unix) }

/// Starts `body` so many times at once; the results are in order.
@LoopActor
func concurrently<Value: Sendable>(
  _ count: Int, _ body: @escaping @LoopActor (Int) async throws -> Value
) async throws -> [Value] {
  let tasks = (0..<count).map { number in Task { @LoopActor in try await body(number) } }
  var values: [Value] = []
  for task in tasks { values.append(try await task.value) }
  return values
}
