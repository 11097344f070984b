import BackupLayout
import Foundation
import StorageEngine
import TestSupport
import Testing

@testable import Onebox

/// Files are taken in once, even when nobody could note that it had been done.
@Suite struct PartitionIngestionTests {
  private let scratch = TemporaryDirectory("ingestion")

  private func files(_ names: [String]) throws -> [FileRecord] {
    try names.map { name in
      let path = scratch.file(name)
      var writer = try SSTWriter(path: path)
      for number in 100..<200 { try writer.put(bytes("\(name)\(number)").span.bytes, bytes("loaded").span.bytes) }
      try writer.finish()
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64 ?? 0
      return FileRecord(name: name, size: size, md5: "")
    }
  }

  private func value(_ key: String, _ database: Database) throws -> String? {
    guard let value = try database.get(bytes(key).span.bytes) else { return nil }
    return value.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [false, true])
  func onceIsEnough(_ isBehind: Bool) throws {
    var options = DatabaseOptions()
    options.allowIngestBehind = isBehind
    options.disableAutoCompactions = true
    let database = try Database(path: scratch.file("db"), families: ["pegasus_meta_cf"], options: options)
    let meta = try #require(database.family("pegasus_meta_cf"))
    func ingest(_ load: Int64) throws {
      let work = PartitionIngestion(
        database: database, meta: meta, loadID: load, directory: scratch.path, files: try files(["a", "b"]),
        isBehind: isBehind)
      try work.run()
    }
    try ingest(1)
    #expect(try value("a150", database) == "loaded" && value("b199", database) == "loaded")
    // The application goes on; then the crash is noticed, and the load begins again with fresh copies.
    try database.put(bytes("a150").span.bytes, bytes("newer").span.bytes)
    try database.flush()
    try ingest(1)
    #expect(try value("a150", database) == "newer")
    // Another load is another load.
    if isBehind {
      #expect(throws: StorageError.self) { try ingest(2) }
    } else {
      try ingest(2)
      #expect(try value("a150", database) == "loaded")
    }
  }

  /// A crash before the files were taken in: they still have to be.
  @Test func aStartIsNotAnEnd() throws {
    let database = try Database(path: scratch.file("db"), families: ["pegasus_meta_cf"])
    let meta = try #require(database.family("pegasus_meta_cf"))
    let missing = PartitionIngestion(
      database: database, meta: meta, loadID: 1, directory: scratch.path,
      files: [FileRecord(name: "nowhere", size: 1, md5: "")], isBehind: false)
    #expect(throws: StorageError.self) { try missing.run() }
    try database.put(bytes("x").span.bytes, bytes("y").span.bytes)
    try database.flush()
    let work = PartitionIngestion(
      database: database, meta: meta, loadID: 1, directory: scratch.path, files: try files(["a"]), isBehind: false)
    try work.run()
    #expect(try value("a150", database) == "loaded")
  }
}
