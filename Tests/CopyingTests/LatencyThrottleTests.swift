import EventLoop
import Testing

@testable import Copying

/// The throttle against a server that is simulated in steps of a millisecond: one queue, so many rows a second.
@Suite struct LatencyThrottleTests {
  private struct Simulation {
    var throttle: LatencyThrottle
    /// Rows a second that the server does, and what it needs for a row apart from waiting.
    var capacity: Double
    var baseLatency = 2
    /// Rows on their way at most, and rows a second that the source can deliver.
    var window: Int
    var supply = Double.infinity
    /// Refuses what is above its capacity rather than letting it wait.
    var refuses = false

    private(set) var milliseconds: Int64 = 0
    private(set) var done = 0
    private(set) var slowestAnswer = 0
    private var queue: [Int64] = []
    private var head = 0
    private var answers: [Int64: [Int64]] = [:]
    private var onTheirWay = 0
    private var budget = 0.0
    private var service = 0.0
    private var supplied = 0.0

    init(capacity: Double, window: Int, maxLatency: Duration) {
      self.capacity = capacity
      self.window = window
      throttle = LatencyThrottle(maxLatency: maxLatency, at: Monotonic(nanoseconds: 0))
    }

    private var now: Monotonic { Monotonic(nanoseconds: milliseconds * 1_000_000) }

    /// - Returns: rows a second that were written in this time
    mutating func run(seconds: Int) -> Double {
      let before = done
      slowestAnswer = 0
      for _ in 0..<(seconds * 1000) { step() }
      return Double(done - before) / Double(seconds)
    }

    private mutating func step() {
      milliseconds += 1
      for sent in answers.removeValue(forKey: milliseconds) ?? [] {
        onTheirWay -= 1
        done += 1
        slowestAnswer = max(slowestAnswer, Int(milliseconds - sent))
        throttle.answered(sent: Monotonic(nanoseconds: sent * 1_000_000), at: now, rows: 1)
      }
      budget = min(budget + (throttle.rowsPerSecond ?? 1e9) / 1000, 1e6)
      supplied = min(supplied + min(supply, 1e9) / 1000, 1000)
      while budget >= 1, supplied >= 1, onTheirWay < window {
        budget -= 1
        supplied -= 1
        onTheirWay += 1
        queue.append(milliseconds)
      }
      // What was not used is not saved up.
      budget = min(budget, 1)
      service = min(service + capacity / 1000, max(capacity / 1000, 1))
      while service >= 1, head < queue.count {
        service -= 1
        answers[milliseconds + Int64(baseLatency), default: []].append(queue[head])
        head += 1
      }
      if refuses {
        for sent in queue[head...] {
          onTheirWay -= 1
          throttle.refused(sent: Monotonic(nanoseconds: sent * 1_000_000), because: "ERR_BUSY")
        }
        head = queue.count
      }
      if head > 10_000 {
        queue.removeFirst(head)
        head = 0
      }
      if milliseconds % 100 == 0 { throttle.look(at: now) }
    }
  }

  /// The window alone would make 400 ms, eight times as much as is allowed.
  @Test(arguments: [2000.0, 20_000, 60_000]) func findsTheRateOfTheServer(_ capacity: Double) {
    var simulation = Simulation(capacity: capacity, window: Int(capacity * 0.4), maxLatency: .milliseconds(50))
    _ = simulation.run(seconds: 20)
    for _ in 0..<6 {
      let rate = simulation.run(seconds: 5)
      #expect(rate > capacity * 0.8)
      #expect(simulation.slowestAnswer < 130)
      #expect(simulation.throttle.rowsPerSecond.map { $0 > capacity * 0.6 && $0 < capacity * 1.3 } == true)
    }
    #expect(simulation.throttle.reason?.hasPrefix("target p99 ") == true)
    #expect(simulation.throttle.reason?.hasSuffix(" > 50 ms") == true)
  }

  @Test func followsAServerThatGetsSlowerAndFasterAgain() {
    var simulation = Simulation(capacity: 20_000, window: 8000, maxLatency: .milliseconds(50))
    _ = simulation.run(seconds: 20)
    simulation.capacity = 1000
    _ = simulation.run(seconds: 30)
    let slow = simulation.run(seconds: 10)
    #expect(slow > 700 && slow <= 1001)
    #expect(simulation.slowestAnswer < 200)
    simulation.capacity = 20_000
    _ = simulation.run(seconds: 40)
    #expect(simulation.run(seconds: 10) > 15_000)
  }

  @Test func aServerThatRefusesIsHeldAtWhatItTakes() {
    var simulation = Simulation(capacity: 5000, window: 4000, maxLatency: .milliseconds(50))
    simulation.refuses = true
    _ = simulation.run(seconds: 15)
    #expect(simulation.run(seconds: 10) > 3800)
    #expect(simulation.throttle.rowsPerSecond.map { $0 < 6500 } == true)
    #expect(simulation.throttle.reason == "target throttles: ERR_BUSY")
  }

  /// Nothing is slowed down that is slower anyway, and a limit that is not needed any more goes.
  @Test func staysAwayWhenTheSourceIsTheSlowOne() {
    var simulation = Simulation(capacity: 20_000, window: 8000, maxLatency: .milliseconds(50))
    simulation.supply = 5000
    #expect(simulation.run(seconds: 10) > 4900)
    #expect(simulation.throttle.rowsPerSecond == nil && simulation.throttle.reason == nil)
    simulation.capacity = 1000
    _ = simulation.run(seconds: 20)
    #expect(simulation.throttle.reason != nil)
    simulation.capacity = 100_000
    _ = simulation.run(seconds: 60)
    #expect(simulation.throttle.rowsPerSecond == nil && simulation.throttle.reason == nil)
  }

  /// What is asked for cannot be had: the copy crawls, and does not stop.
  @Test func neverComesToAStandstill() {
    var simulation = Simulation(capacity: 20_000, window: 8000, maxLatency: .milliseconds(1))
    simulation.baseLatency = 20
    _ = simulation.run(seconds: 60)
    #expect(simulation.throttle.rowsPerSecond == LatencyThrottle.slowest)
    #expect(simulation.run(seconds: 10) >= 9)
  }

  /// Half a second in which nothing is answered is no reason to begin at nearly nothing.
  @Test func oneStallDoesNotRuinTheRate() {
    var simulation = Simulation(capacity: 20_000, window: 8000, maxLatency: .milliseconds(100))
    _ = simulation.run(seconds: 20)
    simulation.capacity = 0
    _ = simulation.run(seconds: 1)
    simulation.capacity = 20_000
    _ = simulation.run(seconds: 5)
    #expect(simulation.run(seconds: 5) > 9000)
  }
}
