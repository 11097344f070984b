import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `generate_data`: fills the current table with rows to try things on.
struct GenerateData: ShellCommand {
  static let name = "generate_data"
  static let summary = "fill the table with realistic rows, the same ones for the same seed"
  static let discussion = """
    The rows look like those of a shop: each hash key is a user (user00000042) with a profile, a session and some orders \
    (order:0003), whose values are JSON text. Some rows have a time to live between an hour and 30 days. Existing rows with \
    these keys are replaced.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.count, "-n", "--count", value: "num", help: "how many rows to write"),
    .option(\.seed, "-s", "--seed", value: "num", help: "other seeds give other values"),
    .option(
      \.ttlPercent, "-t", "--ttl_percent", value: "num", help: "of 100 rows, how many have a time to live"),
    .option(
      \.valueSize, "--value_size", value: "num", help: "cut or fill each value to so many bytes; 0: as it comes"),
    .option(\.prefix, "--prefix", value: "str", help: "what hash keys begin with"),
  ]
  static let examples = [
    CommandExample("generate_data", "write 100000 rows"),
    CommandExample("generate_data -n 1000000 --value_size 100 -t 0", "a million rows that stay, of 100 bytes each"),
  ]

  var count: Int64 = 100_000
  var seed: UInt64 = 1
  var ttlPercent: Int32 = 20
  var valueSize: Int32 = 0
  var prefix: [UInt8] = Array("user".utf8)

  func validate() throws(UsageError) {
    func check(_ name: String, _ value: Int64, _ range: ClosedRange<Int64>) throws(UsageError) {
      guard !range.contains(value) else { return }
      throw UsageError(
        "invalid \(name) \(value): \(range.lowerBound) to \(range.upperBound) is expected", kind: .invalidValue)
    }
    try check("count", count, 1...100_000_000_000)
    try check("ttl_percent", Int64(ttlPercent), 0...100)
    try check("value_size", Int64(valueSize), 0...1_048_576)
    try check("length of prefix", Int64(prefix.count), 0...1024)
  }

  @LoopActor func run(in session: Session) async throws {
    let generator = RowGenerator(
      seed: seed, ttlPercent: Int(ttlPercent), valueSize: Int(valueSize), prefix: prefix)
    let table = try session.table()
    _ = try await table.partitions()
    let job = GenerateRun(table: table, generator: generator, total: Int(count))
    let started = ContinuousClock.now
    let ticker = Task { @LoopActor in try await tell(job, session) }
    defer { ticker.cancel() }
    do {
      try await job.run()
    } catch {
      session.output.note("\(job.written) rows written before the failure.")
      throw error
    }
    let seconds = (ContinuousClock.now - started).inSeconds
    let rate = Int64(Double(job.written) / max(seconds, 0.001))
    session.show(
      DataReport(
        "\(job.written) rows written below \(job.users) hash keys, \(job.expiring) of them with a ttl.",
        fields: [
          "rows": .int(job.written), "hash_keys": .int(job.users), "rows_with_ttl": .int(job.expiring),
          "rows_per_second": .integer(rate),
        ]))
    session.output.info("\(rate) rows/s")
  }

  /// A line each second, until cancelled.
  @LoopActor private func tell(_ job: GenerateRun, _ session: Session) async throws {
    var seconds = 0
    var before: Int64 = 0
    while true {
      try await loopSleep(.seconds(1))
      seconds += 1
      let written = job.written
      session.output.info(
        "processed for \(seconds) seconds, total \(written) of \(count) rows, last second \(written - before) rows")
      before = written
    }
  }
}
