/// Names a scheduled timer. A stale name is harmless.
package struct TimerID: Hashable, Sendable {
  var slot: Int32
  var generation: UInt32
}

/// Deadlines in order, with what to do. Pure: it knows no clock.
///
/// A cancelled timer leaves its heap entry behind; entries are swept when more than half are dead.
struct TimerHeap<Payload> {
  private struct Entry {
    var deadline: Monotonic
    /// Timers of one deadline fire in the order in which they were scheduled.
    var order: UInt64
    var id: TimerID

    func isBefore(_ other: Entry) -> Bool {
      deadline == other.deadline ? order < other.order : deadline < other.deadline
    }
  }

  private struct Slot {
    var generation: UInt32 = 0
    var payload: Payload?
  }

  private var heap: [Entry] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int32] = []
  private var nextOrder: UInt64 = 0
  /// Scheduled, not fired, not cancelled.
  private(set) var count = 0

  mutating func schedule(at deadline: Monotonic, _ payload: Payload) -> TimerID {
    let slot: Int32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = Int32(slots.count)
      slots.append(Slot())
    }
    slots[Int(slot)].payload = payload
    let id = TimerID(slot: slot, generation: slots[Int(slot)].generation)
    heap.append(Entry(deadline: deadline, order: nextOrder, id: id))
    nextOrder += 1
    count += 1
    siftUp(heap.count - 1)
    return id
  }

  /// False when the timer has fired or was cancelled before.
  @discardableResult
  mutating func cancel(_ id: TimerID) -> Bool {
    guard isLive(id) else { return false }
    _ = release(id)
    if heap.count > 64, heap.count > 2 * count { sweep() }
    return true
  }

  /// When the next timer is due.
  mutating func nextDeadline() -> Monotonic? {
    dropDead()
    return heap.first?.deadline
  }

  /// The first timer that is due at `now`; it is gone from the heap.
  mutating func popDue(at now: Monotonic) -> Payload? {
    dropDead()
    guard let first = heap.first, first.deadline <= now else { return nil }
    removeFirst()
    return release(first.id)
  }

  private func isLive(_ id: TimerID) -> Bool {
    let slot = Int(id.slot)
    return slot < slots.count && slots[slot].generation == id.generation && slots[slot].payload != nil
  }

  private mutating func release(_ id: TimerID) -> Payload? {
    let slot = Int(id.slot)
    let payload = slots[slot].payload
    slots[slot].payload = nil
    slots[slot].generation &+= 1
    freeSlots.append(id.slot)
    count -= 1
    return payload
  }

  private mutating func dropDead() {
    while let first = heap.first, !isLive(first.id) { removeFirst() }
  }

  private mutating func sweep() {
    let slots = slots
    heap.removeAll { entry in
      let slot = slots[Int(entry.id.slot)]
      return slot.generation != entry.id.generation || slot.payload == nil
    }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(index) }
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].isBefore(heap[parent]) else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var index = start
    while true {
      var smallest = index
      let left = 2 * index + 1
      if left < heap.count, heap[left].isBefore(heap[smallest]) { smallest = left }
      if left + 1 < heap.count, heap[left + 1].isBefore(heap[smallest]) { smallest = left + 1 }
      guard smallest != index else { return }
      heap.swapAt(index, smallest)
      index = smallest
    }
  }
}
