import EventLoop
import Jobs

/// Which job a command means: the one whose number was typed, or the only one that fits.
@LoopActor
enum JobChoice {
  /// - Parameters:
  ///   - number: as typed; nil: left out
  ///   - purpose: "to pause", for messages
  ///   - fits: whether a job can be meant when the number is left out
  /// - Throws: `ShellError` that names the jobs there are
  static func record(
    _ number: Int64?, in session: Session, purpose: String, fits: (JobRecord) -> Bool
  ) async throws -> JobRecord {
    guard let number else { return try only(in: try await session.jobs.list(), purpose, fits) }
    do {
      return try await session.jobs.record(JobID(rawValue: number))
    } catch JobError.unknown(let id, let nearest) {
      let all = try await session.jobs.list()
      throw ShellError(
        JobError.unknown(id, nearest: nearest).description,
        advice: all.isEmpty ? "no job was begun yet" : "there are \(numbers(all))", status: .usage)
    }
  }

  private static func only(
    in all: [JobRecord], _ purpose: String, _ fits: (JobRecord) -> Bool
  ) throws(ShellError) -> JobRecord {
    let fitting = all.filter(fits)
    if let only = fitting.first, fitting.count == 1 { return only }
    guard !fitting.isEmpty else {
      throw ShellError(
        "there is no job \(purpose)", advice: all.isEmpty ? "no job was begun yet" : "'jobs --all' lists them all",
        status: .usage)
    }
    let list = fitting.suffix(8).map { "\($0.id) (\($0.plan.kind) \($0.plan.title), \($0.stateName))" }
    throw ShellError(
      "there are \(fitting.count) jobs \(purpose): \(list.joined(separator: "; "))", advice: "name one of them",
      status: .usage)
  }

  /// The last ones are the most interesting.
  private static func numbers(_ all: [JobRecord]) -> String {
    let shown = all.suffix(20).map(\.id.description).joined(separator: ", ")
    return all.count > 20 ? "…, " + shown : shown
  }
}
