import EventLoop

/// How often servers are asked about what they work on: often at first, so that little things end quickly.
struct AskingPace: Sendable {
  private var next = Duration.milliseconds(100)
  private let longest: Duration

  init(longest: Duration = .seconds(2)) { self.longest = longest }

  /// - Throws: `CancellationError`
  @LoopActor
  mutating func wait() async throws {
    try await loopSleep(next)
    next = min(next * 3 / 2, longest)
  }
}
