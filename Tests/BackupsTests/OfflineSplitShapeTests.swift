import BackupLayout
import Backups
import Bytes
import EventLoop
import PegasusProtocol
import StorageEngine
import TestSupport
import Testing

/// How the work is divided where rows are not spread evenly, and files of all sizes.
@Suite @LoopActor struct OfflineSplitShapeTests {
  typealias Row = SampleBackup.Row

  private let place = SplitPlace()

  private func options(_ count: Int32) -> SplitOptions {
    var options = place.options(count)
    options.workers = 2
    options.smallestUnit = 16 << 10
    options.smallestFile = 1 << 10
    return options
  }

  private static func digits(_ number: Int) -> String { String(String(1_000_000 + number).dropFirst()) }

  /// Nearly all rows below one hash key, and so in one partition.
  private static let giant =
    (0..<20_000).map { Row(hashKey: "giant", sortKey: digits($0), value: "value \($0)") }
    + (0..<70).map { Row(hashKey: "small\($0)", sortKey: "", value: "value") }

  @Test(arguments: [7, 14, 5] as [Int32])
  func aGiantPartitionIsDividedToo(count: Int32) async throws {
    var sample = SampleBackup(place.scratch, partitionCount: 7)
    sample.rounds = 3
    let table = try await sample.make(Self.giant)
    let split = OfflineSplit(of: table, on: sample.service, to: place.target, options: options(count))
    let result = try await split.run()
    #expect(result.isComplete && result.counts.written == 20_070)
    let rows = split.takeCheckpoints().filter { $0.stage == .split }.map(\.counts.read)
    // Its rows go to one partition, a file after the other, and yet no worker gets most of them at once.
    #expect(rows.count >= 4 && (rows.max() ?? 0) < 20_000 / 2, "\(rows)")
    let found = try await LoadedRows.read(place.tree, on: place.target)
    #expect(found.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0.key.lexicographicallyPrecedes($1.key) } })
    #expect(Set(found.joined().map(\.key)).count == 20_070)
  }

  @Test func moreWorkersMakeNoTinyFiles() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 3)
    let table = try await sample.make(Self.giant)
    var options = options(50)
    options.workers = 8
    options.smallestFile = 1 << 20
    let split = OfflineSplit(of: table, on: sample.service, to: place.target, options: options)
    _ = try await split.run()
    #expect(split.plan?.units.count == 1)
  }

  @Test func damageIsFoundAnywhereInFilesOfAnySize() async throws {
    let sample = SampleBackup(place.scratch, partitionCount: 2)
    var table = try await sample.make(Self.giant)
    let sizes = [0, 1, 63, 64, 32767, 32768, 32769, 65536, 100_000, 98304, 5, 40_000, 32768 * 4, 7, 8, 9, 10, 200_001]
    var places: [(path: String, bytes: [UInt8])] = []
    for (number, size) in sizes.enumerated() {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
      let path = try #require(sample.service.localPath("\(table.partitions[0].directory)/extra\(number)"))
      try Files.replace(path, with: bytes)
      places.append((path, bytes))
      table.partitions[0].metadata?.files.append(
        FileRecord(name: "extra\(number)", size: Int64(size), md5: MD5.hex(of: bytes)))
    }
    let whole = OfflineSplit(of: table, on: sample.service, to: place.target, options: options(2))
    try await whole.fetch()
    #expect(whole.snapshot.fetchedBytes == table.bytes)
    for (path, bytes) in places where !bytes.isEmpty {
      var damaged = bytes
      damaged[damaged.count - 1] ^= 1
      try Files.replace(path, with: damaged)
      let split = OfflineSplit(of: table, on: sample.service, to: place.target, options: options(2))
      let error = await splitFailure { () throws(SplitError) in try await split.fetch() }
      #expect(error?.description.contains("MD5") == true, "\(path)")
      try Files.replace(path, with: bytes)
    }
  }
}
