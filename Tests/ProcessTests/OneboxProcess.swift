import EventLoop
import PegasusClient
import RPC
import TestSupport

/// A `pegasus-onebox` process of a test, on free ports and a directory of its own.
@LoopActor
final class OneboxProcess {
  let directory: String
  let metaPort: UInt16
  let replicaPorts: [UInt16]
  private let name: String
  private let options: [String]
  private var process: ChildProcess
  private let temporary: TemporaryDirectory

  /// Starts it and waits until it is ready.
  ///
  /// - Parameter directory: where its data are; `nil` for a temporary one
  init(_ name: String, options: [String] = [], directory: String? = nil) async throws {
    temporary = TemporaryDirectory()
    self.directory = directory ?? temporary.path
    let ports = try freePorts(4)
    metaPort = ports[0]
    replicaPorts = Array(ports[1...])
    self.name = name
    self.options = options
    process = try Self.launch(
      name, directory: self.directory, metaPort: ports[0], replicaPorts: replicaPorts, options)
    _ = try await process.read(until: "ready")
  }

  private static func launch(
    _ name: String, directory: String, metaPort: UInt16, replicaPorts: [UInt16], _ options: [String]
  ) throws -> ChildProcess {
    try ChildProcess(
      BuiltPrograms.path("pegasus-onebox"),
      [
        "--data_dir", directory, "--cluster_name", name, "--meta_port", "\(metaPort)", "--replica_ports",
        replicaPorts.map { "\($0)" }.joined(separator: ","),
      ] + options)
  }

  /// Ends it without a warning, as a power cut of the process would.
  func kill() async throws {
    process.kill()
    _ = try await process.wait()
  }

  /// Starts it again on the same directory and ports.
  func restart() async throws {
    process = try Self.launch(name, directory: directory, metaPort: metaPort, replicaPorts: replicaPorts, options)
    _ = try await process.read(until: "ready")
  }

  func signal(_ number: Int32) { process.signal(number) }

  /// A client of it.
  func client() -> ClusterClient {
    ClusterClient(name: name, metaServers: [NodeAddress(host: "127.0.0.1", port: metaPort)])
  }
}
