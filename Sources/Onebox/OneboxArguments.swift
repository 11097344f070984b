/// What the command line of `pegasus-onebox` asks for.
package enum OneboxCommand: Equatable {
  case run(OneboxOptions)
  case help
  case version
}

/// A command line that cannot be followed, with what was expected.
package struct OneboxUsageError: Error, Equatable, CustomStringConvertible {
  package let description: String
}

/// Reads the command line of `pegasus-onebox`. Options are spelled with underscores or hyphens, their values follow as
/// the next word or after `=`.
package struct OneboxArguments {
  package static let usage = """
    usage: pegasus-onebox --data_dir DIR [options]

    A Pegasus cluster in one process: one meta server and some replica servers over RocksDB.

      --data_dir DIR               where the data lives; created when missing, locked while in use
      --listen ADDRESS             IPv4 address to listen on (default 127.0.0.1)
      --advertise ADDRESS          IPv4 address told to clients (default: the listen address)
      --host_name NAME             host name in texts and hp_* fields (default: the advertised address)
      --meta_port PORT             port of the meta server, 0 = any free one (default 34601)
      --replica_ports PORT,…       one replica server for each port, 0 = any free one (default 34801,34802,34803)
      --replicas N                 N replica servers on the ports from meta port + 200, or on free ones with port 0
      --cluster_name NAME          (default onebox)
      --duplication_group NAME=N,… the clusters whose duplicated writes are taken, this one included
                                   (default onebox=1,onebox2=2; a number alone is a cluster without a name)
      --cluster_id N               this cluster's number in duplication (default: the group's, else 1)
      --host_ports                 send the hp_* fields of 2.6 servers; clients up to 2.5 cannot read them
      --sync_writes                wait for the disk before a write is acknowledged (power cuts; slow)
      --max_allowed_write_size N   largest body of a write in bytes, 0 = no limit (default 1048576)
      --min_free_megabytes N       refuse writes while the disk has less space free (default 64)
      --scan_context_seconds N     drop a scan context that is idle for so long (default 300)
      --block_cache_megabytes N    memory for file blocks, all partitions together (default 128)
      --write_buffer_megabytes N   memory a partition collects before it writes a file (default 16)
      --block_service NAME=DIR     storage for backups and bulk loads, as a local_service; may be repeated
                                   (default local_service=DATA_DIR/block_service)
      --cold_backup_root NAME      first part of a backup's path (default: the cluster's name)
      --cold_backup_disabled       refuse backups, as servers do unless they are told otherwise
      --storage_round_ms N         how often backups, restores and bulk loads are looked after (default 1000;
                                   real servers: 10000)
      --storage_read_limit N       MB/s that each server reads from the storages (hdfs_read_limit_rate_mb_per_sec;
                                   no limit until it is set)
      --storage_write_limit N      MB/s that each server writes to the storages (hdfs_write_limit_rate_mb_per_sec)
      --version                    print the version
      --help                       print this

    Once ready it prints one line and writes DIR/onebox.json (process id and ports). SIGTERM or SIGINT stop it.
    Acknowledged writes survive kill -9.
    """

  private var words: ArraySlice<String>

  /// `arguments` without the program's name.
  package static func parse(_ arguments: [String]) throws(OneboxUsageError) -> OneboxCommand {
    var parser = OneboxArguments(words: arguments[...])
    return try parser.run()
  }

  private mutating func run() throws(OneboxUsageError) -> OneboxCommand {
    var options = OneboxOptions(dataDirectory: "")
    var replicas: Int?
    var clusterID: Int?
    while let word = words.popFirst() {
      guard word.hasPrefix("--") else { throw OneboxUsageError(description: "unexpected argument '\(word)'") }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0].map { $0 == "-" ? "_" : $0 })
      if parts.count > 1 { words = [String(parts[1])] + words }
      let attached = parts.count > 1
      switch name {
      case "help": return .help
      case "version": return .version
      case "data_dir": options.dataDirectory = try value(of: name)
      case "listen": options.listenAddress = try address(of: name)
      case "advertise": options.advertisedAddress = try address(of: name)
      case "host_name": options.hostName = try value(of: name)
      case "meta_port": options.metaPort = try port(try value(of: name), name)
      case "replica_ports": options.replicaPorts = try ports(of: name)
      case "replicas": replicas = try integer(of: name, in: 1...64)
      case "cluster_name": options.clusterName = try value(of: name)
      case "cluster_id": clusterID = try integer(of: name, in: 1...127)
      case "duplication_group": options.duplicationGroup = try group(of: name)
      case "host_ports": options.sendsHostPorts = try flag(name, attached)
      case "sync_writes": options.syncsWrites = try flag(name, attached)
      case "max_allowed_write_size": options.maxAllowedWriteSize = try integer(of: name, in: 0...(1 << 30))
      case "min_free_megabytes": options.minimumFreeBytes = UInt64(try integer(of: name, in: 0...(1 << 30))) << 20
      case "scan_context_seconds": options.scanContextLifetime = .seconds(try integer(of: name, in: 1...86400))
      case "block_cache_megabytes": options.blockCacheSize = try integer(of: name, in: 1...(1 << 20)) << 20
      case "write_buffer_megabytes": options.writeBufferSize = try integer(of: name, in: 1...4096) << 20
      case "block_service":
        let (service, directory) = try blockService(of: name)
        options.blockServices[service] = directory
      case "cold_backup_root": options.coldBackupRoot = try value(of: name)
      case "cold_backup_disabled": options.disablesColdBackup = try flag(name, attached)
      case "storage_round_ms": options.storageRound = .milliseconds(try integer(of: name, in: 1...60_000))
      case "storage_read_limit": options.storageReadLimit = try integer(of: name, in: 0...(1 << 20))
      case "storage_write_limit": options.storageWriteLimit = try integer(of: name, in: 0...(1 << 20))
      default: throw OneboxUsageError(description: "unknown option '\(word)'")
      }
    }
    if options.dataDirectory.isEmpty { throw OneboxUsageError(description: "--data_dir is missing") }
    options.clusterID = clusterID.map { UInt8(clamping: $0) } ?? options.duplicationGroup[options.clusterName] ?? 1
    if let replicas { options.replicaPorts = try Self.ports(count: replicas, metaPort: options.metaPort) }
    return .run(options)
  }

  /// As in a real onebox: the meta server on 34601, replica servers from 34801 on.
  private static func ports(count: Int, metaPort: UInt16) throws(OneboxUsageError) -> [UInt16] {
    if metaPort == 0 { return [UInt16](repeating: 0, count: count) }
    let first = Int(metaPort) + 200
    guard first + count <= 65536 else {
      throw OneboxUsageError(
        description: "--replicas: there are no ports behind \(metaPort) + 200; use --replica_ports")
    }
    return (0..<count).map { UInt16(first + $0) }
  }

  private mutating func value(of name: String) throws(OneboxUsageError) -> String {
    guard let value = words.popFirst(), !value.isEmpty else {
      throw OneboxUsageError(description: "--\(name) needs a value")
    }
    return value
  }

  private mutating func flag(_ name: String, _ attached: Bool) throws(OneboxUsageError) -> Bool {
    guard attached else { return true }
    switch try value(of: name) {
    case "true", "1", "yes": return true
    case "false", "0", "no": return false
    case let other: throw OneboxUsageError(description: "--\(name): '\(other)' is not true or false")
    }
  }

  private mutating func integer(of name: String, in range: ClosedRange<Int>) throws(OneboxUsageError) -> Int {
    let text = try value(of: name)
    guard let number = Int(text), range.contains(number) else {
      throw OneboxUsageError(
        description: "--\(name): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func port(_ text: String, _ name: String) throws(OneboxUsageError) -> UInt16 {
    guard let port = UInt16(text) else {
      throw OneboxUsageError(description: "--\(name): '\(text)' is not a port (0 to 65535)")
    }
    return port
  }

  private mutating func ports(of name: String) throws(OneboxUsageError) -> [UInt16] {
    var ports: [UInt16] = []
    for text in try value(of: name).split(separator: ",") { ports.append(try port(String(text), name)) }
    guard (1...64).contains(ports.count) else {
      throw OneboxUsageError(description: "--\(name): from 1 to 64 ports are expected")
    }
    return ports
  }

  private mutating func group(of name: String) throws(OneboxUsageError) -> [String: UInt8] {
    var group: [String: UInt8] = [:]
    let text = try value(of: name)
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let last = parts.last, let id = UInt8(last), (1...127).contains(id) else {
        throw OneboxUsageError(description: "--\(name): '\(parts.last ?? "")' is not a number from 1 to 127")
      }
      group[String(parts[0])] = id
    }
    return group
  }

  private mutating func blockService(of name: String) throws(OneboxUsageError) -> (String, String) {
    let text = try value(of: name)
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw OneboxUsageError(description: "--\(name): '\(text)' is not NAME=DIRECTORY")
    }
    return (String(parts[0]), String(parts[1]))
  }

  private mutating func address(of name: String) throws(OneboxUsageError) -> String {
    let text = try value(of: name)
    if text == "localhost" { return "127.0.0.1" }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) else {
      throw OneboxUsageError(description: "--\(name): '\(text)' is not an IPv4 address")
    }
    return text
  }
}
