import CLinux

/// Something with a file descriptor that the loop watches.
@LoopActor
protocol PollHandler: AnyObject {
  /// `events` are EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP.
  func pollReady(_ events: UInt32)
}

/// Names a watched descriptor. The generation tells events of a closed descriptor from those of the next one with its
/// number.
struct PollID: Equatable, Sendable {
  var index: UInt32
  var generation: UInt32

  var packed: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

/// epoll, level-triggered.
@LoopActor
final class Poller {
  private struct Slot {
    var generation: UInt32 = 0
    var handler: (any PollHandler)?
  }

  private nonisolated static let wakeUpID = UInt64.max
  private nonisolated static let capacity = 512

  private let epoll: Int32
  private var slots: [Slot] = []
  private var freeSlots: [UInt32] = []
  private nonisolated(unsafe) let events: UnsafeMutablePointer<clinux_event>

  nonisolated init(wakeUp: Int32) {
    epoll = clinux_epoll_create()
    events = .allocate(capacity: Self.capacity)
    let edge = UInt32(EPOLLIN.rawValue) | 1 << 31
    precondition(
      epoll >= 0 && clinux_epoll_control(epoll, EPOLL_CTL_ADD, wakeUp, edge, Self.wakeUpID) == 0,
      "the operating system refuses an epoll descriptor")
  }

  func add(_ fd: Int32, events: UInt32, _ handler: any PollHandler) throws(SocketError) -> PollID {
    let index: UInt32
    if let free = freeSlots.popLast() {
      index = free
    } else {
      index = UInt32(slots.count)
      slots.append(Slot())
    }
    let id = PollID(index: index, generation: slots[Int(index)].generation)
    let result = clinux_epoll_control(epoll, EPOLL_CTL_ADD, fd, events, id.packed)
    guard result == 0 else {
      freeSlots.append(index)
      throw SocketError("watch a descriptor", code: -result)
    }
    slots[Int(index)].handler = handler
    return id
  }

  func change(_ fd: Int32, id: PollID, events: UInt32) {
    _ = clinux_epoll_control(epoll, EPOLL_CTL_MOD, fd, events, id.packed)
  }

  /// Call it before the descriptor is closed.
  func remove(_ fd: Int32, id: PollID) {
    let index = Int(id.index)
    guard index < slots.count, slots[index].generation == id.generation else { return }
    _ = clinux_epoll_control(epoll, EPOLL_CTL_DEL, fd, 0, 0)
    slots[index].handler = nil
    slots[index].generation &+= 1
    freeSlots.append(id.index)
  }

  /// Blocks until something happens or `milliseconds` have passed (-1: for ever).
  func wait(milliseconds: Int32) -> Int {
    let count = clinux_epoll_wait(epoll, events, Int32(Self.capacity), milliseconds)
    precondition(count >= 0, "epoll_wait failed")
    return Int(count)
  }

  /// Hands the first `count` reports out; answers whether the inbox has something.
  func dispatch(_ count: Int) -> Bool {
    var woken = false
    for position in 0..<count {
      let event = events[position]
      if event.id == Self.wakeUpID {
        woken = true
        continue
      }
      let index = Int(truncatingIfNeeded: event.id & 0xffff_ffff)
      guard index < slots.count, slots[index].generation == UInt32(truncatingIfNeeded: event.id >> 32) else { continue }
      slots[index].handler?.pollReady(event.events)
    }
    return woken
  }
}

/// The readiness bits, as the calls take them.
enum Ready {
  static let input = UInt32(EPOLLIN.rawValue)
  static let output = UInt32(EPOLLOUT.rawValue)
  static let failure = UInt32(EPOLLERR.rawValue) | UInt32(EPOLLHUP.rawValue)
}
