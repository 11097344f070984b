import CommandLineKit
import Configuration
import Copying
import EventLoop

/// What `copy_data` takes for the comparison after the copy.
struct CopyVerifyOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .flag(\.isWanted, "--verify", help: "compare both tables afterwards, as verify_data does"),
    .option(
      \.report, "--verify_report", value: "file",
      help: "with --verify: write every differing row into this file, for repair_data", completion: .file),
    .option(
      \.sample, "--verify_sample", value: "num", help: "with --verify: compare about one row in num, chosen by its key"),
    .option(
      \.ttlTolerance, "--verify_ttl_tolerance", value: "seconds",
      help: "with --verify: how far apart two expiries may be (1)"),
    .option(
      \.rounds, "--verify_rounds", value: "num", help: "with --verify: how often differing rows are looked at again (3)"
    ),
    .option(\.delay, "--verify_delay", value: "seconds", help: "with --verify: the pause before each further look (2)"),
  ]

  var isWanted = false
  var report: String?
  var sample: Int?
  var ttlTolerance: Int32?
  var rounds: Int?
  var delay: Int?

  func validate() throws(UsageError) {
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    let isUnused = report == nil && sample == nil && ttlTolerance == nil && rounds == nil && delay == nil
    if !isWanted && !isUnused { throw UsageError("the options of --verify need --verify", kind: .conflict) }
    if let sample, sample < 1 { try refuse("verify_sample should be greater than 0") }
    if let ttlTolerance, ttlTolerance < 0 { try refuse("verify_ttl_tolerance should not be below 0") }
    if (rounds ?? 0) < 0 || (delay ?? 0) < 0 { try refuse("verify_rounds and verify_delay should not be below 0") }
  }

  /// The comparison after this copy; nil: none was asked for.
  func step(after copy: CopyOptions) -> TransferPlan.Verify? {
    guard isWanted else { return nil }
    var options = VerifyOptions()
    options.partitions = copy.partitions
    options.filter = copy.filter
    options.ignoresExpiry = copy.dropsExpiry
    options.timeout = copy.timeout
    if let sample { options.sample = UInt64(clamping: sample) }
    if let ttlTolerance { options.expiryTolerance = UInt32(clamping: ttlTolerance) }
    if let rounds { options.rounds = rounds }
    if let delay { options.delay = .seconds(delay) }
    return TransferPlan.Verify(options: options, report: report.map { Path.absolute($0) })
  }
}
