import EventLoop
import TestSupport
import Testing

@Suite struct GateTests {
  @Test @LoopActor func anOpenGateIsPassedWithoutWaiting() async throws {
    let gate = Gate()
    let turn = EventLoop.shared.turns
    try await gate.pass()
    #expect(EventLoop.shared.turns == turn)
    #expect(!gate.isClosed)
  }

  @Test @LoopActor func whoWaitsGoesOnWhenItOpens() async throws {
    let gate = Gate()
    gate.close()
    var passed = 0
    let tasks = (0..<3).map { _ in
      Task { @LoopActor in
        try await gate.pass()
        passed += 1
      }
    }
    try await loopSleep(.milliseconds(5))
    #expect(passed == 0 && gate.isClosed)
    gate.open()
    for task in tasks { try await task.value }
    #expect(passed == 3)
  }

  @Test @LoopActor func oneThatOpensAndClosesAtOnceLetsNobodySlipThroughLater() async throws {
    let gate = Gate()
    gate.close()
    var passed = false
    let task = Task { @LoopActor in
      try await gate.pass()
      passed = true
    }
    try await loopSleep(.milliseconds(5))
    gate.open()
    gate.close()
    try await loopSleep(.milliseconds(5))
    #expect(!passed)
    gate.open()
    try await task.value
    #expect(passed)
  }

  @Test @LoopActor func aCancelledTaskDoesNotPass() async throws {
    let gate = Gate()
    gate.close()
    let waiting = Task { @LoopActor in try await gate.pass() }
    try await loopSleep(.milliseconds(5))
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    // Cancelled before it looks, at a closed gate and at an open one.
    for isClosed in [true, false] {
      if !isClosed { gate.open() }
      let early = Task { @LoopActor in try await gate.pass() }
      early.cancel()
      await #expect(throws: CancellationError.self) { try await early.value }
    }
  }
}
