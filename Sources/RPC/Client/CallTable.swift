import EventLoop
import PegasusProtocol

/// The calls that wait for an answer, in slots that their sequence ids point to. Pure: no clock, no I/O.
///
/// A sequence id is the slot's index and its generation, which changes whenever the slot is given out. The slot of a call
/// that timed out is kept back until the late answer has come, so that the answer cannot be taken for another call's.
struct CallTable {
  struct Call {
    var sink: (any ReplySink)?
    var token: UInt64
    var started: Monotonic
    var deadline: Monotonic
    /// Where its frame starts in all that was ever appended to the stream; `notAppended` while it waits for one.
    var position: UInt64
    var method: RPCCode
  }

  enum Match {
    case call(Call)
    /// The answer to a call that was given up.
    case late
    /// Never asked.
    case unknown
  }

  private enum State: UInt8 { case free, live, abandoned }

  private struct Slot {
    var call: Call
    var generation: UInt16 = 1
    var state = State.free
    var nextFree: Int32 = -1
  }

  static let notAppended = UInt64.max
  /// For requests whose answer nobody wants.
  static let noAnswer: Int32 = 0
  /// Calls that can be outstanding: the index has 19 bits, the generation 12 and is never 0.
  static let capacity = 1 << 19
  private static let generations: UInt16 = 1 << 12

  private var slots: [Slot] = []
  private var firstFree: Int32 = -1
  private(set) var liveCount = 0
  /// Calls given up whose answers have not come.
  private(set) var abandonedCount = 0

  /// The sequence id for a new call; nil when all are taken.
  mutating func open(_ call: consuming Call) -> Int32? {
    let index: Int
    if firstFree >= 0 {
      index = Int(firstFree)
      firstFree = slots[index].nextFree
      slots[index].call = call
    } else {
      guard slots.count < Self.capacity else { return nil }
      index = slots.count
      slots.append(Slot(call: call))
    }
    slots[index].state = .live
    liveCount += 1
    return Self.sequenceID(index, slots[index].generation)
  }

  /// The call that this answer is for; its slot is free again.
  mutating func match(_ sequenceID: Int32) -> Match {
    if sequenceID == Self.noAnswer { return .late }
    guard let index = index(of: sequenceID) else {
      let index = Int(sequenceID & Int32(Self.capacity - 1))
      return sequenceID > 0 && index < slots.count ? .late : .unknown
    }
    let wasLive = slots[index].state == .live
    guard wasLive else {
      release(index)
      return .late
    }
    return .call(take(index))
  }

  /// The call, which stays.
  func peek(_ sequenceID: Int32) -> Call? {
    guard let index = index(of: sequenceID), slots[index].state == .live else { return nil }
    return slots[index].call
  }

  mutating func setPosition(_ position: UInt64, of sequenceID: Int32) {
    guard let index = index(of: sequenceID) else { return }
    slots[index].call.position = position
  }

  /// Gives a call up; nil when it was answered or given up before. A request that never went out gets no answer, so that
  /// its slot is free at once.
  mutating func abandon(_ sequenceID: Int32) -> Call? {
    guard let index = index(of: sequenceID), slots[index].state == .live else { return nil }
    return abandon(at: index)
  }

  /// Gives up the calls whose deadline has come; they are appended to `expired`. Answers the next deadline.
  mutating func expire(at now: Monotonic, into expired: inout [Call]) -> Monotonic? {
    guard liveCount > 0 else { return nil }
    var next: Monotonic?
    for index in slots.indices where slots[index].state == .live {
      let deadline = slots[index].call.deadline
      if deadline <= now {
        expired.append(abandon(at: index))
      } else if deadline < next ?? deadline + .nanoseconds(1) {
        next = deadline
      }
    }
    return next
  }

  /// Every call there is; the table is as new, but old sequence ids stay invalid.
  mutating func removeAll() -> [Call] {
    var calls: [Call] = []
    calls.reserveCapacity(liveCount)
    for index in slots.indices {
      switch slots[index].state {
      case .free: break
      case .live: calls.append(take(index))
      case .abandoned: release(index)
      }
    }
    return calls
  }

  private mutating func abandon(at index: Int) -> Call {
    guard slots[index].call.position != Self.notAppended else { return take(index) }
    var call = slots[index].call
    call.sink = slots[index].call.sink.take()
    slots[index].state = .abandoned
    liveCount -= 1
    abandonedCount += 1
    return call
  }

  private mutating func take(_ index: Int) -> Call {
    let token = slots[index].call.token
    let sink = slots[index].call.sink.take()
    let call = Call(
      sink: sink, token: token, started: slots[index].call.started, deadline: slots[index].call.deadline,
      position: slots[index].call.position, method: slots[index].call.method)
    release(index)
    return call
  }

  private mutating func release(_ index: Int) {
    if slots[index].state == .live { liveCount -= 1 } else { abandonedCount -= 1 }
    slots[index].state = .free
    slots[index].generation = slots[index].generation + 1 == Self.generations ? 1 : slots[index].generation + 1
    slots[index].nextFree = firstFree
    firstFree = Int32(truncatingIfNeeded: index)
  }

  private func index(of sequenceID: Int32) -> Int? {
    let index = Int(sequenceID) & (Self.capacity - 1)
    guard sequenceID > 0, index < slots.count, slots[index].state != .free,
      Int(sequenceID) >> 19 == Int(slots[index].generation)
    else { return nil }
    return index
  }

  private static func sequenceID(_ index: Int, _ generation: UInt16) -> Int32 {
    Int32(truncatingIfNeeded: Int(generation) << 19 | index)
  }
}
