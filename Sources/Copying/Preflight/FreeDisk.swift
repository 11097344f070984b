/// How much room servers have together. A disk that several servers of one machine share counts once.
///
/// Servers tell how large their disks are and what is free there (Pegasus 2.0–2.6), not which disks those are. Servers of one
/// machine that tell the same size, and the same free room but for what is written between two looks, are taken for sharing.
package struct FreeDisk: Sendable, Equatable {
  /// Servers, and the room that they have together.
  package struct Share: Sendable, Equatable {
    /// "host:port"; more than one: they share a disk.
    package var servers: [String]
    /// In bytes, as the server with the least has told it.
    package var available: Int64
    fileprivate var host: Substring
    fileprivate var capacity: Int64
  }

  /// In the order of the servers.
  package private(set) var shares: [Share] = []

  package init(_ disks: [PreflightSide.Disk]) {
    for disk in disks {
      let host = disk.server.prefix(upTo: disk.server.lastIndex(of: ":") ?? disk.server.endIndex)
      let available = max(0, disk.available)
      // What is written meanwhile, or since a server last looked: a hundredth of the disk.
      let tolerance = max(64 << 20, disk.capacity / 100)
      let same = shares.firstIndex {
        $0.host == host && disk.capacity > 0 && $0.capacity == disk.capacity
          && abs($0.available - available) <= tolerance
      }
      if let same {
        shares[same].servers.append(disk.server)
        shares[same].available = min(shares[same].available, available)
      } else {
        shares.append(Share(servers: [disk.server], available: available, host: host, capacity: disk.capacity))
      }
    }
  }

  /// In bytes.
  package var available: Int64 {
    shares.reduce(0) { $0.addingReportingOverflow($1.available).overflow ? .max : $0 + $1.available }
  }

  /// How it was counted, in parentheses and with a space in front; empty where each server has a machine of its own.
  package var account: String {
    var texts = shares.filter { $0.servers.count > 1 }.map {
      "\($0.servers.joined(separator: ", ")) tell of the same disk, which counts once"
    }
    let crowded = Set(shares.map(\.host)).filter { host in shares.count { $0.host == host } > 1 }
    if !crowded.isEmpty {
      texts.append("counted server by server on \(crowded.sorted().joined(separator: ", ")), shared or not")
    }
    return texts.isEmpty ? "" : " (\(texts.joined(separator: "; ")))"
  }
}
