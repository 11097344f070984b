import CommandLineKit
import EventLoop
import Jobs
import PegasusClient

/// `generate_data`: fills the current table with rows to try things on.
struct GenerateData: JobCommand {
  static let name = "generate_data"
  static let summary = "fill the table with realistic rows, the same ones for the same seed"
  static let discussion = """
    The rows look like those of a shop: each hash key is a user (user00000042) with a profile, a session and some orders \
    (order:0003), whose values are JSON text. Some rows have a time to live between an hour and 30 days. Existing rows with \
    these keys are replaced.
    """
  static let group = "Data"
  static let effect = CommandEffect.writes
  static let mayAsk = true
  static let parameters: [Parameter<Self>] =
    [
      .option(\.count, "-n", "--count", value: "num", help: "how many rows to write"),
      .option(\.seed, "-s", "--seed", value: "num", help: "other seeds give other values"),
      .option(
        \.ttlPercent, "-t", "--ttl_percent", value: "num", help: "of 100 rows, how many have a time to live"),
      .option(
        \.valueSize, "--value_size", value: "num", help: "cut or fill each value to so many bytes; 0: as it comes"),
      .option(\.prefix, "--prefix", value: "str", help: "what hash keys begin with"),
    ] + JobOptions.parameters.nested(in: \.job)
  static let examples = [
    CommandExample("generate_data", "write 100000 rows"),
    CommandExample("generate_data -n 1000000 --value_size 100 -t 0", "a million rows that stay, of 100 bytes each"),
  ]

  var count: Int64 = 100_000
  var seed: UInt64 = 1
  var ttlPercent: Int32 = 20
  var valueSize: Int32 = 0
  var prefix: [UInt8] = Array("user".utf8)
  var job = JobOptions()

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
    let table = try session.table()
    guard let here = session.definition else { throw ShellError("no cluster is configured", status: .usage) }
    let plan = GeneratePlan(
      table: try await TableIdentity(of: table, in: here), count: count, seed: seed, ttlPercent: Int(ttlPercent),
      valueSize: Int(valueSize), prefix: prefix)
    try await session.launch(
      JobPlan(
        version: GeneratePlan.version, kind: Self.name, title: plan.table.title, commandLine: session.commandLine,
        parameters: plan.parameters, steps: [StepPlan(name: GenerateWork.step, title: "Write the rows")]),
      job)
  }
}
