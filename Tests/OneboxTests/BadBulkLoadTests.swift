import BackupLayout
import Bytes
import EventLoop
import Foundation
import Onebox
import PegasusProtocol
import RPC
import TestSupport
import Testing

/// Trees that do not fit, or are damaged.
@Suite struct BadBulkLoadTests {
  @Test func treeOfAnotherTableIsRefused() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      var (_, tree) = try await BulkLoadSetup.prepare(box)
      tree.info.partitionCount = 8
      try tree.write(tree.tree.info, tree.info.contents)
      let count = try await box.startLoad("t")
      #expect(count.err == .inconsistentState && count.hintMsg == "app_id or partition_count is inconsistent")
      (tree.info.partitionCount, tree.info.tableID) = (4, 99)
      try tree.write(tree.tree.info, tree.info.contents)
      #expect(try await box.startLoad("t").err == .inconsistentState)
      // The name is nobody's business.
      (tree.info.tableID, tree.info.tableName) = (1, "other")
      try tree.write(tree.tree.info, tree.info.contents)
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      try tree.write(tree.tree.info, bytes("{\"app_id\":1,\"x\":2}"))
      let damaged = try await box.startLoad("t")
      #expect(damaged.err == .corruption && damaged.hintMsg == "bulk_load_info damaged")
      try FileManager.default.removeItem(atPath: "\(tree.root)/\(tree.tree.table)/.bulk_load_info.meta")
      let missing = try await box.startLoad("t")
      #expect(missing.err == .objectNotFound && missing.hintMsg == "read bulk_load_info failed")
      #expect(try await box.startLoad("t", root: "../..").err == .invalidParameters)
      // The result of the last one is still told.
      #expect(try await box.load("t").appStatus == .succeed)
    }
  }

  nonisolated enum Damage: String, CaseIterable, Sendable {
    case noMetadata, metadataNotJSON, noFiles, truncated, otherBytes, fileMissing, notSorted

    func apply(_ tree: BulkLoadWriter) throws {
      let place = tree.place(1, "1.sst")
      let contents = try Data(contentsOf: URL(filePath: place))
      switch self {
      case .noMetadata: try FileManager.default.removeItem(atPath: tree.place(1, "bulk_load_metadata"))
      case .metadataNotJSON: try tree.write(tree.tree.metadata(1), bytes("{"))
      case .noFiles: try tree.writeMetadata(1, [])
      case .truncated: try contents.dropLast(10).write(to: URL(filePath: place))
      case .otherBytes:
        var changed = contents
        changed[changed.count / 2] ^= 1
        try changed.write(to: URL(filePath: place))
      case .fileMissing: try FileManager.default.removeItem(atPath: place)
      case .notSorted:
        // Well described, and still no data file.
        try tree.write("\(tree.tree.partition(1))/1.sst", bytes("not a data file"))
        try tree.writeMetadata(1, [FileRecord(name: "1.sst", size: 15, md5: MD5.hex(of: bytes("not a data file")))])
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func badTreeFailsTheLoad(_ damage: Damage) async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, tree) = try await BulkLoadSetup.prepare(box)
      try damage.apply(tree)
      #expect(try await box.startLoad("t").err == .ok)
      let end = try await box.loaded("t")
      #expect(end.err == (damage == .notSorted ? .ingestionFailed : .corruption))
      #expect(end.appStatus == .failed && end.partitionsStatus.allSatisfy { $0 == .failed })
      if damage != .notSorted { #expect(try await table.rows().isEmpty) }
      // Mended, it is loaded whole.
      try tree.write(BulkLoadSetup.rows(0..<200))
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.rows().count == 200)
    }
  }

  /// As on real servers: it waits for ever for bytes that were announced, until somebody cancels it.
  @Test(arguments: [1, -1] as [Int64])
  func wrongSumStalls(_ difference: Int64) async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (_, tree) = try await BulkLoadSetup.prepare(box)
      let files = try tree.metadata(0).files
      try tree.writeMetadata(0, files, totalSize: files[0].size + difference * files[0].size / 2)
      #expect(try await box.startLoad("t").err == .ok)
      func progress(_ status: QueryBulkLoadResponse) -> [Int32] {
        status.bulkLoadStates[0].values.compactMap(\.downloadProgress)
      }
      try await eventually("all files have come") {
        let status = try await box.load("t")
        return status.partitionsStatus.count { $0 == .downloaded } == 3
          && progress(status).allSatisfy { difference > 0 ? $0 == 66 : $0 == 200 }
      }
      // Some rounds later it is as it was.
      try await loopSleep(.milliseconds(100))
      let stalled = try await box.load("t")
      #expect(stalled.appStatus == .downloading && stalled.isBulkLoading == true)
      #expect(progress(stalled).allSatisfy { difference > 0 ? $0 == 66 : $0 == 200 })
      #expect(try await box.control("t", .cancel).err == .ok)
      #expect(try await box.loaded("t").appStatus == .canceled)
    }
  }

  @Test func digestThatIsNotGivenIsNotCompared() async throws {
    try await OneboxFixture.run(BulkLoadSetup.quick) { box in
      let (table, tree) = try await BulkLoadSetup.prepare(box)
      for index in 0..<4 {
        try tree.writeMetadata(
          index, try tree.metadata(index).files.map { FileRecord(name: $0.name, size: $0.size, md5: "") })
      }
      #expect(try await box.startLoad("t").err == .ok)
      #expect(try await box.loaded("t").appStatus == .succeed)
      #expect(try await table.rows().count == 200)
    }
  }
}
