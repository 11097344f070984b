import EventLoop

/// The requests of one writer, by number: reused from a free list, so that taking and releasing one costs nothing. Nothing
/// in a slot is counted by reference.
struct SlotTable {
  /// Rows of a page that travel in one request: neighbours, or a stretch of the page's rows in another order.
  struct Slot {
    /// The page's number in the ledger, which keeps it.
    var number: Int32 = 0
    /// Of the first row: its number in the page, or its place in the page's order.
    var first: Int32 = 0
    var count: Int32 = 0
    /// Whether the rows stand in the page's order; else they are neighbours.
    var isOrdered = false
    /// Failed attempts so far.
    var attempt: Int32 = 0
    /// Bytes of keys and values.
    var bytes: Int64 = 0
    /// Its time is over by this machine's clock.
    var isOver = false
    /// An attempt whose answer was lost may have been applied.
    var mayBeWritten = false
    /// What the slot takes of the window.
    var weight: Int32 = 1
    /// The turn of the loop in which the last attempt was made; only kept while somebody measures.
    var sent = Monotonic(nanoseconds: 0)
    /// The next free slot, while this one is free.
    var nextFree: Int32 = -1

    /// For `row(at:in:)`.
    var places: Range<Int> { Int(first)..<Int(first + count) }

    /// The number of a row in its page, whose order is `order`.
    @inline(__always)
    func row(at place: Int, in order: [Int32]) -> Int { isOrdered ? Int(order[place]) : place }
  }

  private var slots: [Slot] = []
  private var firstFree: Int32 = -1
  private(set) var used = 0
  /// The weight of all slots in use.
  private(set) var load = 0

  subscript(index: Int32) -> Slot {
    get { slots[Int(index)] }
    _modify { yield &slots[Int(index)] }
  }

  mutating func take(_ slot: consuming Slot) -> Int32 {
    used += 1
    load += Int(slot.weight)
    guard firstFree >= 0 else {
      slots.append(slot)
      return Int32(slots.count - 1)
    }
    let index = firstFree
    firstFree = slots[Int(index)].nextFree
    slots[Int(index)] = slot
    return index
  }

  mutating func release(_ index: Int32) {
    used -= 1
    load -= Int(slots[Int(index)].weight)
    slots[Int(index)] = Slot(nextFree: firstFree)
    firstFree = index
  }
}
