import EventLoop
import Foundation
import Glibc
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// The program itself: started, stopped, killed.
@Suite(.serialized) struct OneboxProcessTests {
  private let directory = TemporaryDirectory("onebox-process")
  private var data: String { directory.file("data") }

  /// A started program and the ports it tells.
  private struct Running {
    let process: ChildProcess
    let metaPort: UInt16

    init(data: String, _ more: String...) async throws {
      process = try ChildProcess(
        BuiltPrograms.path("pegasus-onebox"), ["--data_dir", data, "--meta_port", "0", "--replicas=3"] + more)
      let line = try await process.read(until: "\n")
      guard line.hasPrefix("pegasus-onebox ready: ") else { throw Unexpected(line) }
      struct Ready: Decodable {
        let pid: Int32
        let meta_port: UInt16
        let replica_ports: [UInt16]
      }
      let ready = try JSONDecoder().decode(Ready.self, from: Data(contentsOf: URL(filePath: data + "/onebox.json")))
      guard ready.pid == process.pid, ready.replica_ports.count == 3 else { throw Unexpected("\(ready)") }
      metaPort = ready.meta_port
    }
  }

  private func client(_ port: UInt16) async -> RPCClient {
    await RPCClient(node: NodeAddress(host: "127.0.0.1", port: port))
  }

  @LoopActor
  private func create(_ name: String, at port: UInt16) async throws {
    let options = CreateAppOptions(partitionCount: 4, replicaCount: 3, appType: "pegasus", isStateful: true)
    let response = try await client(port).call(
      CreateApp.self, ConfigurationCreateAppRequest(appName: name, options: options),
      header: .server(timeoutMilliseconds: 10_000), timeout: .seconds(20))
    #expect(response.err == .ok)
  }

  /// Clients of the primaries, by partition.
  @LoopActor
  private func primaries(_ name: String, at port: UInt16) async throws -> [RPCClient] {
    let routing = try await client(port).call(
      QueryPartitionConfigByIndex.self, QueryCfgRequest(appName: name), header: .server(timeoutMilliseconds: 10_000),
      timeout: .seconds(20))
    var clients: [RPCClient] = []
    for partition in routing.partitions { clients.append(await client(partition.primary.port)) }
    return clients
  }

  @Test func acknowledgedWritesSurviveKill9() async throws {
    var running = try await Running(data: data)
    try await create("t", at: running.metaPort)
    var acknowledged: Set<Int> = []
    for round in 0..<3 {
      let writers = try await primaries("t", at: running.metaPort)
      let process = running.process
      let written = await Self.writeUntilGone(writers, from: round * 100_000, killing: process)
      #expect(written.count > 100)
      acknowledged.formUnion(written)
      #expect(try await process.wait() == .signal(SIGKILL))
      running = try await Running(data: data)
    }
    let readers = try await primaries("t", at: running.metaPort)
    #expect(try await Self.missing(acknowledged, readers).isEmpty)
    running.process.signal(SIGTERM)
    #expect(try await running.process.wait() == .code(0))
  }

  /// Writes without a pause, kills the process in the middle, and tells which writes had been acknowledged.
  @LoopActor
  private static func writeUntilGone(
    _ writers: [RPCClient], from first: Int, killing process: ChildProcess
  ) async -> [Int] {
    var acknowledged: [Int] = []
    var tasks: [Task<[Int], Never>] = []
    for worker in 0..<16 {
      tasks.append(
        Task { @LoopActor in
          var done: [Int] = []
          for step in 0..<5000 {
            let number = first + worker * 5000 + step
            guard let result = try? await Self.put(number, writers), result.error == .ok else { break }
            done.append(number)
            if worker == 0, step == 200 { process.kill() }
          }
          return done
        })
    }
    for task in tasks { acknowledged += await task.value }
    return acknowledged
  }

  @LoopActor
  private static func put(_ number: Int, _ writers: [RPCClient]) async throws -> UpdateResponse {
    let key = try PegasusKey(hashKey: bytes("h\(number)"), sortKey: [])
    let index = PartitionHash.index(of: key.partitionHash, count: 4)
    return try await writers[Int(index)].call(
      Put.self, UpdateRequest(key: key, value: bytes("v\(number)")),
      header: .partition(GPID(appID: 1, partitionIndex: index), timeoutMilliseconds: 5000), timeout: .seconds(5))
  }

  @LoopActor
  private static func missing(_ numbers: Set<Int>, _ readers: [RPCClient]) async throws -> [Int] {
    let sorted = numbers.sorted()
    let found = try await concurrently(sorted.count) { position in
      let key = try PegasusKey(hashKey: bytes("h\(sorted[position])"), sortKey: [])
      let index = PartitionHash.index(of: key.partitionHash, count: 4)
      let response = try await readers[Int(index)].call(
        Get.self, key, header: .partition(GPID(appID: 1, partitionIndex: index), timeoutMilliseconds: 20_000),
        timeout: .seconds(20))
      return response.value == bytes("v\(sorted[position])")
    }
    return zip(sorted, found).compactMap { $1 ? nil : $0 }
  }

  @Test func oneDirectoryIsServedOnce() async throws {
    let running = try await Running(data: data)
    let second = try ChildProcess(BuiltPrograms.path("pegasus-onebox"), ["--data_dir", data, "--meta_port", "0"])
    #expect(try await second.wait() == .code(1))
    #expect(
      second.errorOutput == "pegasus-onebox: data directory \(data) is in use by process \(running.process.pid)\n")
    running.process.signal(SIGINT)
    #expect(try await running.process.wait() == .code(0))
    #expect(!FileManager.default.fileExists(atPath: data + "/onebox.json"))
    // Free again.
    let third = try await Running(data: data)
    third.process.signal(SIGTERM)
    #expect(try await third.process.wait() == .code(0))
  }

  @Test func badCommandLinesAreToldWithTheStatus() async throws {
    for (arguments, message) in [
      ([], "--data_dir is missing"), (["--nonsense"], "unknown option '--nonsense'"),
      (["--data_dir", "x", "--meta_port", "99999"], "--meta_port: '99999' is not a port (0 to 65535)"),
      (["--data_dir"], "--data_dir needs a value"), (["x"], "unexpected argument 'x'"),
    ] {
      let process = try ChildProcess(BuiltPrograms.path("pegasus-onebox"), arguments)
      #expect(try await process.wait() == .code(2))
      #expect(process.errorOutput.hasPrefix("pegasus-onebox: \(message)\n"))
    }
    let taken = try await Running(data: data)
    let other = try ChildProcess(
      BuiltPrograms.path("pegasus-onebox"),
      ["--data-dir=\(directory.file("other"))", "--meta-port=\(taken.metaPort)", "--replica-ports=0"])
    #expect(try await other.wait() == .code(1))
    #expect(other.errorOutput.contains("\(taken.metaPort)"))
    taken.process.signal(SIGTERM)
    _ = try await taken.process.wait()
  }
}
