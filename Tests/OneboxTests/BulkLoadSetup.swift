import EventLoop
import Onebox
import PegasusProtocol

/// What tests of bulk loads begin with.
enum BulkLoadSetup {
  typealias Row = (hash: String, sort: String, value: String)

  static func rows(_ range: Range<Int>, _ value: String = "loaded") -> [Row] {
    range.map { ("h\($0)", "s", "\(value)\($0)") }
  }

  /// A table, and a tree with rows for it.
  @LoopActor
  static func prepare(
    _ box: OneboxFixture, partitions: Int32 = 4, environment: [String: String] = [:], rows range: Range<Int> = 0..<200
  ) async throws -> (table: TableFixture, tree: BulkLoadWriter) {
    guard try await box.create("t", partitions: partitions, environment: environment).err == .ok else {
      throw Unexpected("no table")
    }
    let table = try await box.open("t")
    let tree = BulkLoadWriter(storage: box.storage, table: table, name: "t")
    try tree.write(rows(range))
    return (table, tree)
  }

  static func quick(_ options: inout OneboxOptions) { options.storageRound = .milliseconds(20) }
  static func slow(_ options: inout OneboxOptions) { options.storageRound = .milliseconds(250) }
}
