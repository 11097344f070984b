import CommandLineKit
import EventLoop
import JSON
import Jobs

/// `rate`: how fast a job may work.
struct SetJobRate: ShellCommand {
  static let name = "rate"
  static let summary = "limit how fast a job works, also while it runs; or show the limit"
  static let group = "Jobs"
  static let effect = CommandEffect.local
  static let discussion = """
    The limit holds for all partitions of the job together. A job that does not run keeps it for its next run. The number of \
    the job may be left out when there is only one; a word alone that is the number of a job shows its limit.
    """
  static let parameters: [Parameter<Self>] = [
    .rest(
      \.words, "job_id|rate",
      help: "the job, then rows/s or MB/s, or 'off': 5000, 20k, 20MB/s, '5000 rows/s and 20 MB/s'",
      completion: .unfinishedJob)
  ]
  static let usageOverride: String? = "[job_id] [rows/s|MB/s|off]"
  static let examples = [
    CommandExample("rate 7 20k", "20000 rows a second at most"),
    CommandExample("rate 7 5000 rows/s and 20 MB/s", "both limits hold"),
    CommandExample("rate 7 off", "as fast as the clusters can"), CommandExample("rate 7", "what is the limit?"),
  ]

  var words: [String] = []

  @LoopActor
  func run(in session: Session) async throws {
    let (number, text) = try await parts(in: session)
    let record = try await JobChoice.record(number, in: session, purpose: "with a rate") {
      $0.isAtWork
    }
    guard let text else { return show(record, in: session) }
    let rate: JobRate
    do {
      rate = try JobRate.parse(text)
    } catch {
      throw ShellError(error.description, advice: "as in 'rate \(record.id) 20k', '20MB/s' or 'off'", status: .usage)
    }
    show(try await session.jobs.request(record.id, .rate(rate)), in: session)
  }

  /// The number of the job, and the rate as typed.
  @LoopActor
  private func parts(in session: Session) async throws -> (Int64?, String?) {
    guard let first = words.first else { return (nil, nil) }
    let whole = words.joined(separator: " ")
    guard let number = Int64(first) else { return (nil, whole) }
    if words.count == 1 {
      let isJob = try await session.jobs.list().contains { $0.id.rawValue == number }
      return isJob ? (number, nil) : (nil, whole)
    }
    // "5000 rows/s" is a rate as it stands; "7 20k" and "7 off" are not.
    if words[1].first?.isNumber == false, (try? JobRate.parse(whole)) != nil { return (nil, whole) }
    return (number, words.dropFirst().joined(separator: " "))
  }

  @LoopActor
  private func show(_ record: JobRecord, in session: Session) {
    let rate = record.rate ?? .off
    if session.output.isJSON {
      session.output.json([
        "job": .integer(record.id.rawValue), "rows_per_second": rate.unitsPerSecond.map { .number($0) } ?? .null,
        "bytes_per_second": rate.bytesPerSecond.map { .number($0) } ?? .null,
      ])
    } else {
      session.output.line("job \(record.id): \(rate == .off ? "no limit" : rate.description)")
    }
  }
}
