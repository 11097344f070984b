import TestSupport
import Testing

@testable import EventLoop

@Suite struct TimerHeapTests {
  private func at(_ nanoseconds: Int64) -> Monotonic { Monotonic(nanoseconds: nanoseconds) }

  @Test func firesInOrderOfDeadlineAndThenOfScheduling() {
    var heap = TimerHeap<String>()
    _ = heap.schedule(at: at(30), "c")
    _ = heap.schedule(at: at(10), "a1")
    _ = heap.schedule(at: at(20), "b")
    _ = heap.schedule(at: at(10), "a2")
    var next = heap.nextDeadline()
    #expect(next == at(10))
    var fired: [String] = []
    while let payload = heap.popDue(at: at(25)) { fired.append(payload) }
    #expect(fired == ["a1", "a2", "b"])
    #expect(heap.count == 1)
    next = heap.nextDeadline()
    #expect(next == at(30))
  }

  @Test func aCancelledTimerNeverFires() {
    var heap = TimerHeap<Int>()
    let first = heap.schedule(at: at(1), 1)
    _ = heap.schedule(at: at(2), 2)
    let cancelled = [heap.cancel(first), heap.cancel(first)]
    #expect(cancelled == [true, false])
    let next = heap.nextDeadline()
    #expect(next == at(2))
    let fired = [heap.popDue(at: at(5)), heap.popDue(at: at(5))]
    #expect(fired == [2, nil])
  }

  @Test func theNameOfAFiredTimerDoesNotCancelItsSuccessor() {
    var heap = TimerHeap<Int>()
    let old = heap.schedule(at: at(1), 1)
    let first = heap.popDue(at: at(1))
    #expect(first == 1)
    _ = heap.schedule(at: at(1), 2)
    let cancelled = heap.cancel(old)
    #expect(!cancelled)
    let second = heap.popDue(at: at(1))
    #expect(second == 2)
  }

  @Test func agreesWithSortingUnderRandomUse() {
    var generator = SplitMix(state: 7)
    var heap = TimerHeap<Int>()
    var live: [(deadline: Int64, id: TimerID, value: Int)] = []
    for value in 0..<5000 {
      let deadline = Int64.random(in: 0..<1000, using: &generator)
      live.append((deadline, heap.schedule(at: at(deadline), value), value))
      if value % 3 != 0, let index = live.indices.randomElement(using: &generator) {
        let cancelled = heap.cancel(live.remove(at: index).id)
        #expect(cancelled)
      }
    }
    var fired: [Int] = []
    while let value = heap.popDue(at: at(1000)) { fired.append(value) }
    let sorted = live.sorted { ($0.deadline, $0.value) < ($1.deadline, $1.value) }.map(\.value)
    #expect(fired == sorted)
    #expect(heap.count == 0)
  }
}
