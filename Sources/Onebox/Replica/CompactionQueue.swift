internal import EventLoop

/// How far the manual compaction of one partition is.
@LoopActor
final class CompactionState {
  enum State: Equatable {
    case idle, queued, running, finished
  }

  private(set) var state = State.idle
  /// Unix milliseconds; 0 = never.
  private(set) var enqueueMilliseconds: Int64 = 0
  private(set) var startMilliseconds: Int64 = 0
  private(set) var finishMilliseconds: Int64 = 0
  private(set) var usedMilliseconds: Int64 = 0
  /// The trigger time that was acted on last, unix seconds.
  var lastTrigger: Int64 = 0
  /// How it is, or was last, asked to work.
  var request = CompactionRequest()

  func enqueued() {
    state = .queued
    enqueueMilliseconds = WallClock.unixMilliseconds
    startMilliseconds = 0
  }

  func started() {
    state = .running
    startMilliseconds = WallClock.unixMilliseconds
  }

  func finished() {
    state = .finished
    finishMilliseconds = WallClock.unixMilliseconds
    usedMilliseconds = startMilliseconds > 0 ? finishMilliseconds - startMilliseconds : 0
    enqueueMilliseconds = 0
    startMilliseconds = 0
  }
}

/// Runs manual compactions a few at a time.
@LoopActor
final class CompactionQueue {
  private static let limit = 2
  private var waiting: [(partition: Partition, limit: Int)] = []
  private(set) var running = 0

  nonisolated init() {}

  var queued: Int { waiting.count }

  /// `limit` 0 leaves only the queue's own.
  func enqueue(_ partition: Partition, limit: Int) {
    waiting.append((partition, limit))
    advance()
  }

  private func advance() {
    while let next = waiting.first, running < (next.limit > 0 ? min(next.limit, Self.limit) : Self.limit) {
      waiting.removeFirst()
      running += 1
      Task { @LoopActor in
        await next.partition.runCompaction()
        self.running -= 1
        self.advance()
      }
    }
  }
}
