/// What a onebox is started with.
package struct OneboxOptions: Sendable, Equatable {
  /// IPv4 address to listen on.
  package var listenAddress = "127.0.0.1"
  /// IPv4 address that clients are told; nil = `listenAddress`, or 127.0.0.1 when that is 0.0.0.0.
  package var advertisedAddress: String?
  /// Host name told in `hp_*` fields and texts; nil = the advertised address.
  package var hostName: String?
  /// 0 = any free port.
  package var metaPort: UInt16 = 34601
  /// One replica server for each; 0 = any free port.
  package var replicaPorts: [UInt16] = [34801, 34802, 34803]
  package var dataDirectory: String
  package var clusterName = "onebox"
  /// This cluster's number in duplication, 1 to 127: rows written here carry it.
  package var clusterID: UInt8 = 1
  /// The clusters whose writes are taken by duplication, this one included: their numbers by their names.
  package var duplicationGroup: [String: UInt8] = ["onebox": 1, "onebox2": 2]
  /// Sends the `hp_*` fields that 2.6 servers send. Clients of 2.5 and before cannot read them.
  package var sendsHostPorts = false
  /// Waits for the disk before a write is acknowledged. Without, acknowledged writes survive the death of the process
  /// but not a power cut.
  package var syncsWrites = false
  /// Largest body of a write in bytes; 0 = no limit.
  package var maxAllowedWriteSize = 1 << 20
  /// Writes are refused while the disk has fewer free bytes than this, beside what memory still has to write.
  package var minimumFreeBytes: UInt64 = 64 << 20
  /// An idle scan context is dropped after this.
  package var scanContextLifetime: Duration = .seconds(300)
  /// Bytes of memory for file blocks, shared by all partitions.
  package var blockCacheSize = 128 << 20
  /// Bytes a partition collects in memory before it writes a file. As much disk is set aside for its log.
  package var writeBufferSize = 16 << 20
  /// Directories that serve as storage for backups and bulk loads, by the name requests give them (`local_service`).
  package var blockServices: [String: String] = [:]
  /// The first part of every backup's path; nil = the cluster's name.
  package var coldBackupRoot: String?
  /// Answers requests for backups as servers do that have them disabled.
  package var disablesColdBackup = false
  /// How often the meta server looks after backups, restores and bulk loads. Real ones take 10 s.
  package var storageRound: Duration = .seconds(1)
  /// Megabytes a second that each server reads from the storages at most, until it is told otherwise; nil = no limit.
  package var storageReadLimit: Int?
  /// Megabytes a second that each server writes to the storages at most, until it is told otherwise; nil = no limit.
  package var storageWriteLimit: Int?

  package init(dataDirectory: String) { self.dataDirectory = dataDirectory }

  var backupRoot: String { coldBackupRoot ?? clusterName }

  /// The IPv4 address that replies carry.
  var shownAddress: String { advertisedAddress ?? (listenAddress == "0.0.0.0" ? "127.0.0.1" : listenAddress) }
  /// The host that texts and `hp_*` fields carry.
  var shownHost: String { hostName ?? shownAddress }
}
