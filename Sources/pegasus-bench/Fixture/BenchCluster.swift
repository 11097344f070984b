import Bytes
import Copying
import EventLoop
import Glibc
import PegasusClient
import PegasusProtocol
import RPC

/// A `pegasus-onebox` on free ports, and a client for it.
@LoopActor
final class BenchCluster {
  let name: String
  let metaPort: UInt16
  let process: Int32
  let client: ClusterClient
  private let workspace: Workspace

  /// - Parameter storage: the directory of its `local_service`
  static func start(_ name: String, storage: String, in workspace: Workspace) async throws -> BenchCluster {
    let program = try Workspace.program("pegasus-onebox")
    let directory = try workspace.subdirectory(name)
    let (process, line) = try await BlockingPool.run { () throws(SocketError) -> (Int32, String) in
      let output = try Spawn.pipe()
      defer { close(output.reader) }
      let process = try Spawn.start(
        program,
        [
          "--data_dir", directory, "--cluster_name", name, "--meta_port", "0", "--replicas", "3",
          "--duplication_group", "ClusterA=1,ClusterB=2", "--block_service", "\(Clusters.provider)=\(storage)",
        ],
        streams: .descriptors(nil, output.writer, 2), newSession: true)
      workspace.started(process)
      close(output.writer)
      return (process, firstLine(output.reader))
    }
    // "pegasus-onebox ready: cluster C, meta 127.0.0.1:PORT, …"
    let words = line.split { $0 == " " || $0 == "," }
    guard let place = words.firstIndex(of: "meta"), place + 1 < words.count,
      let port = words[place + 1].split(separator: ":").last.flatMap({ UInt16($0) })
    else { throw BenchError("\(program) did not start: \(line)") }
    return BenchCluster(name, port, process, workspace)
  }

  private init(_ name: String, _ metaPort: UInt16, _ process: Int32, _ workspace: Workspace) {
    self.name = name
    self.metaPort = metaPort
    self.process = process
    self.workspace = workspace
    client = ClusterClient(name: name, metaServers: [NodeAddress(host: "127.0.0.1", port: metaPort)])
  }

  private nonisolated static func firstLine(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func stop() async {
    client.close()
    let process = process
    kill(process, SIGTERM)
    _ = try? await BlockingPool.run { () throws(SocketError) in try Spawn.wait(for: process) }
    workspace.ended(process)
  }

  /// Seconds of processor time so far.
  var processorSeconds: Double { SystemFile.processorSeconds(of: process) }

  /// Waits until the cluster has done what is still to be done in the background: files of a table that was written or
  /// dropped before must not cost the next measurement.
  func settle() async throws {
    var (last, quiet) = (processorSeconds, 0)
    for _ in 0..<600 where quiet < 4 {
      try await loopSleep(.milliseconds(50))
      let now = processorSeconds
      quiet = now == last ? quiet + 1 : 0
      last = now
    }
  }

  // MARK: Tables

  /// Creates a table without rows.
  func makeTable(_ name: String, partitions: Int) async throws -> Table {
    _ = try await client.createTable(name, partitionCount: Int32(partitions), replicaCount: 3)
    return client.table(name)
  }

  /// Creates a table and writes the first `rows` rows into it.
  func makeTable(
    _ name: String, rows: Int, partitions: Int, rowsPerHashKey: Int = 1, valueSize: Int = RowSource.valueSize
  ) async throws -> Table {
    let table = try await makeTable(name, partitions: partitions)
    let started = ContinuousClock.now
    let loader = RowLoader(table: table)
    var page = PageBuilder()
    for number in 0..<rows {
      page.add(
        try RowSource.key(number, rowsPerHashKey: rowsPerHashKey), value: RowSource.value(number, size: valueSize))
      if page.count == 1000 { try await loader.write(page.take()) }
    }
    if page.count > 0 { try await loader.write(page.take()) }
    let written = try await loader.finish().copied
    guard written == Int64(rows) else { throw BenchError("\(written) of \(rows) rows were written") }
    let seconds = (ContinuousClock.now - started).inSeconds
    Console.say("wrote \(rows) rows into '\(name)' of \(self.name) in \(seconds) s")
    return table
  }

  func dropTable(_ name: String) async throws {
    try await client.dropTable(name, reserveSeconds: 1)
  }

  // MARK: What is in a table

  /// Rows, and a sum over keys, values and expiries that does not depend on their order.
  struct Contents: Equatable, Sendable {
    var rows = 0
    var sum: UInt64 = 0
  }

  func contents(of table: Table) async throws -> Contents {
    var all = Contents()
    for partition in 0..<Int32(try await table.partitions().count) {
      var options = ScanOptions()
      options.returnExpiry = true
      let scanner = PartitionScanner(table: table, partition: partition, options: options)
      while let page = try await scanner.next() {
        let bytes = page.bytes
        all.rows += page.rows.count
        for row in page.rows {
          let key = CRC64.checksum(row.key(in: bytes.span.bytes).encoded)
          let value = CRC64.checksum(row.value(in: bytes.span.bytes))
          // A product, so that values that changed places change the sum.
          all.sum &+= (key | 1) &* (value &+ UInt64(row.expireTimestamp))
        }
      }
    }
    return all
  }
}
