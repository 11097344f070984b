import Copying
import EventLoop
import Jobs
import PegasusClient

/// A comparison of two tables as the work of a job.
@LoopActor
final class VerifyWork: PartWork {
  private let step: VerifyStep

  init(_ step: VerifyStep) { self.step = step }

  func run(in scope: JobScope) async throws -> JobOutcome { try await step.run(in: scope) }

  var progress: JobProgress? { step.progress }

  var doneBefore: Int64? { step.doneBefore }

  func takeCheckpoints() -> [Checkpoint] { step.takeCheckpoints() }

  func apply(_ rate: JobRate) -> Bool {
    step.apply(rate)
    return true
  }
}

extension JobKind {
  /// `verify_data`
  static let verify = JobKind("verify_data", planVersion: VerifyPlan.version) { plan, session, occasion in
    let parameters = try VerifyPlan(plan.parameters)
    var changes = PlanChanges()
    let source = try await parameters.source.table("source", in: session, &changes)
    let target = try await parameters.target.table("target", in: session, &changes)
    if case .resume(let record) = occasion {
      try changes.refuse(record.id, advice: "verify_data compares the tables as they are now")
    } else if let first = changes.lines.first {
      throw ShellError("the tables have changed meanwhile: \(first)")
    }
    guard let source, let target else { throw ShellError("a table is not there") }
    // A report that cannot be written is better known before two tables are read.
    let file = try parameters.report.map { path throws(ShellError) in try VerifyReportFile(path: path) }
    return { job in
      VerifyWork(
        try VerifyStep(
          parameters, source: source, target: target, file: file, scope: JobScope(job)))
    }
  }
}
