import EventLoop
import JSON
import Jobs

/// Counts up to `length` in each of its parts, in step "count", as far as `allowed` goes.
@LoopActor
final class CountingWork: JobWork {

  struct Failure: Error, CustomStringConvertible {
    var description = "the disk of the target is full"
  }

  let length: Int
  var allowed: Int
  var counts: [Int]
  var failsAtEnd = false
  var failsAtOnce = false
  /// Has no progress to tell.
  var isSilent = false
  var limit: JobRate? = JobRate.off
  var mayFollowInterruption = true
  private var moved: Set<Int> = []
  private let previous: Duration

  init(_ job: Job, parts: Int = 2, length: Int = 10, allowed: Int = 10) {
    self.length = length
    self.allowed = allowed
    previous = job.previousElapsed
    counts = Array(repeating: 0, count: parts)
    for checkpoint in job.checkpoints { counts[Int(checkpoint.part)] = Int(checkpoint.position?.first ?? 0) }
  }

  func run(in job: Job) async throws -> JobOutcome {
    if failsAtOnce {
      try await job.step("prepare") {
        try await job.setDetail(StepRecord.refused, of: "prepare")
        throw Failure()
      }
    }
    if !job.isDone("prepare") {
      try await job.step("prepare") { try await job.setDetail(.object(["id": "backup-1"]), of: "prepare") }
    }
    try await job.step("count") {
      while counts.contains(where: { $0 < length }) {
        try await job.gate.pass()
        for part in counts.indices where counts[part] < min(allowed, length) {
          counts[part] += 1
          moved.insert(part)
        }
        try await loopSleep(.milliseconds(1))
      }
      if failsAtEnd { throw Failure() }
    }
    return JobOutcome(
      isComplete: true, headline: "Count done, total \(sum).", result: .object(["total": .integer(sum)]))
  }

  private var sum: Int64 { Int64(counts.reduce(0, +)) }

  var progress: JobProgress? {
    if isSilent { return nil }
    var progress = JobProgress(step: "count", verb: "Count", unit: "numbers")
    progress.done = sum
    progress.elapsed = previous + .seconds(1)
    return progress
  }

  func takeCheckpoints() -> [Checkpoint] {
    defer { moved = [] }
    return moved.sorted().map {
      Checkpoint(step: "count", part: Int32($0), position: [UInt8(counts[$0])], isFinished: counts[$0] == length)
    }
  }

  func apply(_ rate: JobRate) -> Bool {
    guard limit != nil else { return false }
    limit = rate
    return true
  }

  var canResumeAfterInterruption: Bool { mayFollowInterruption }
}
