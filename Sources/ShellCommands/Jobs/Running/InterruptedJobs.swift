import Configuration
import EventLoop
import Glibc
import Jobs

/// What a start of the shell says about jobs whose process was killed.
@LoopActor
enum InterruptedJobs {
  /// So many are told one by one.
  private static let told = 3

  /// One line for each; none, and nothing is opened, when there is no journal.
  static func lines(in session: Session) async -> [String] {
    guard let directory = session.jobsDirectory, access(Path.join(directory, "journal.sqlite"), F_OK) == 0,
      let records = try? await session.jobs.list()
    else { return [] }
    session.names.setJobs(records)
    let interrupted = records.filter(\.isInterrupted)
    var lines = interrupted.suffix(told).map { line($0, now: JobTimes.now()) }
    let others = interrupted.dropLast(told)
    if !others.isEmpty {
      let limiting = others.filter { LimitsLeft($0)?.texts.isEmpty == false }.map { "\($0.id)" }
      lines.append(
        "\(others.count) more were interrupted: 'jobs' lists them"
          + (limiting.isEmpty
            ? "" : "; limits that they have set were not set back: \(limiting.joined(separator: ", "))"))
    }
    return lines
  }

  /// `copy ClusterA:users -> ClusterB:users (61 %) was interrupted 12 min ago: 'resume 7' goes on, 'job 7' shows it`.
  static func line(_ record: JobRecord, now: Int64) -> String {
    let kind = record.plan.kind.hasSuffix("_data") ? String(record.plan.kind.dropLast(5)) : record.plan.kind
    let percent = record.progress?.fraction.map { " (\(Int(min($0, 0.99) * 100)) %)" } ?? ""
    let ago = JobTimes.ago(record.writtenAt ?? record.startedAt, now: now).map { " \($0)" } ?? ""
    let resume = JobKinds[record.plan.kind]?.beginsAnew == nil ? "goes on" : "begins anew"
    let limits = LimitsLeft(record)?.texts ?? []
    return "\(kind) \(record.plan.title)\(percent) was interrupted\(ago): 'resume \(record.id)' \(resume), "
      + "'job \(record.id)' shows it"
      + (limits.isEmpty
        ? ""
        : "; limits were not set back (\(limits.joined(separator: ", "))): the job's end or 'undo \(record.id)' does that")
  }
}
