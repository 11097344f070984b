import Copying
import Jobs

/// A job that writes into a table which another one is to write into.
struct OtherWriter: Sendable {
  let job: JobRecord
  /// Where both write.
  let write: TableWrite

  /// "job 2 (copy_data A:t1 -> A:t2, running) writes into A:t2 as well".
  var text: String {
    "job \(job.id) (\(job.plan.kind) \(job.plan.title), \(job.stateName)) writes into \(write.title) as well"
  }

  /// For a dry run: the real one asks.
  var finding: Finding {
    Finding(
      .warning, .activity, text, advice: "'attach \(job.id)' shows it, 'stop \(job.id)' ends it", asks: true)
  }
}
