import BackupLayout
import Backups
import Bytes
import PegasusProtocol
import StorageEngine
import TestSupport

/// A backup as a server would have made it, of rows that a test gives.
struct SampleBackup {
  struct Row {
    var hashKey: String
    var sortKey: String
    var value: String
    /// Seconds since 2016; 0 for never.
    var expiry: UInt32 = 0
  }

  static let id: Int64 = 1_795_000_000_000
  static let location = BackupLocation(root: "cluster", id: id)
  let scratch: TemporaryDirectory
  let service: LocalBlockService
  let partitionCount: Int32
  var name = "sample"
  var version = ValueHeader.Version.v1
  /// Rows written one after the other into further files; larger than one makes more files.
  var rounds = 1

  init(_ scratch: TemporaryDirectory, partitionCount: Int32) {
    self.scratch = scratch
    self.partitionCount = partitionCount
    service = LocalBlockService(name: "local_service", root: scratch.file("storage"))
  }

  static func key(_ row: Row) throws -> PegasusKey {
    try PegasusKey(hashKey: Array(row.hashKey.utf8), sortKey: Array(row.sortKey.utf8))
  }

  func stored(_ row: Row) -> [UInt8] {
    var buffer = ByteBuffer()
    ValueHeader(version: version, expiry: row.expiry, timeTag: TimeTag(rawValue: 77)).encode(into: &buffer)
    buffer.append(utf8: row.value)
    return buffer.array()
  }

  /// Writes the backup. `raw`: further rows of partition 0 as they are, key and value.
  @discardableResult
  func make(_ rows: [Row], raw: [([UInt8], [UInt8])] = []) async throws -> TableBackup {
    let tree = BackupTree(cluster: "cluster")
    var databases: [Database] = []
    for index in 0..<partitionCount {
      var options = DatabaseOptions()
      options.disableAutoCompactions = true
      databases.append(
        try Database(path: scratch.file("db\(index)"), families: ["pegasus_meta_cf"], options: options))
    }
    for database in databases {
      for (key, value) in [("pegasus_data_version", "\(version.rawValue)"), ("pegasus_last_flushed_decree", "9")] {
        try database.put(Array(key.utf8).span.bytes, Array(value.utf8).span.bytes, in: ColumnFamily(index: 1))
      }
    }
    for round in 0..<rounds {
      for (number, row) in rows.enumerated() where number % rounds == round {
        let key = try Self.key(row)
        let index = PartitionHash.index(of: key.partitionHash, count: partitionCount)
        try databases[Int(index)].put(key.encoded.span.bytes, stored(row).span.bytes)
      }
      if round == 0 { for (key, value) in raw { try databases[0].put(key.span.bytes, value.span.bytes) } }
      for database in databases { try database.flush() }
    }
    for (index, database) in databases.enumerated() {
      let partition = tree.partition(Self.id, name, 3, Int32(index))
      let checkpoint = BackupTree.checkpointName(host: "localhost", port: 34801)
      let local = scratch.file("checkpoint\(index)")
      try database.checkpoint(to: local)
      var files: [FileRecord] = []
      for file in Files.names(in: local) where !file.hasSuffix(".log") {
        let bytes = try Files.read("\(local)/\(file)") ?? []
        try write(StoragePath.join(partition, checkpoint, file), bytes)
        files.append(FileRecord(name: file, size: Int64(bytes.count), md5: MD5.hex(of: bytes)))
      }
      let metadata = BackupMetadata(decree: 9, timestamp: Self.id, files: files)
      try write(StoragePath.join(partition, checkpoint, BackupMetadata.fileName), metadata.contents)
      try write(StoragePath.join(partition, BackupTree.currentCheckpoint), Array(checkpoint.utf8))
    }
    let app = AppMetadata(name: name, id: 3, partitionCount: partitionCount, replicaCount: 3)
    try write(tree.appMetadata(Self.id, name, 3), app.contents)
    let info = BackupInfo(id: Self.id, startTime: Self.id, endTime: 0, content: .table(id: 3, name: name))
    try write(tree.info(Self.id), info.contents)
    let backup = try await BackupReader(service).read(Self.location)
    guard let table = backup.tables.first, backup.isComplete else { throw NotComplete(problems: backup.allProblems) }
    return table
  }

  /// As the service would, without waiting for the disk.
  private func write(_ path: String, _ bytes: [UInt8]) throws {
    let (directory, name) = StoragePath.split(path)
    let local = "\(service.root)/\(directory)"
    try Files.makeDirectories(local)
    try plainWrite("\(local)/\(name)", bytes)
    let mark = LocalFileMark(size: Int64(bytes.count), md5: MD5.hex(of: bytes))
    try plainWrite("\(local)/\(LocalFileMark.name(for: name))", mark.contents)
  }

  struct NotComplete: Error { var problems: [StorageProblem] }
}

/// Rows of a bulk-load tree as its files have them.
enum LoadedRows {
  /// By partition: key and stored value, in the order of the files.
  static func read(
    _ tree: BulkLoadTree, on service: LocalBlockService
  ) async throws -> [[(key: [UInt8], value: [UInt8])]] {
    let found = try await BulkLoadReader(service).read(tree)
    guard found.isComplete else { throw SampleBackup.NotComplete(problems: found.allProblems) }
    return try found.partitions.map { partition in
      try partition.files.flatMap { file in
        try rows(service.localPath("\(partition.directory)/\(file.name)") ?? "")
      }
    }
  }

  static func rows(_ path: String) throws -> [(key: [UInt8], value: [UInt8])] {
    var reader = try SSTReader(path: path)
    var rows: [(key: [UInt8], value: [UInt8])] = []
    reader.seekToFirst()
    while reader.isValid {
      rows.append(([UInt8](reader.key), [UInt8](reader.value)))
      reader.next()
    }
    try reader.check()
    return rows
  }
}
