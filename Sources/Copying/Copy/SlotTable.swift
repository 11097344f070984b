import PegasusClient

/// The requests of one writer, by number: reused from a free list, so that taking and releasing one costs nothing.
struct SlotTable {
  /// Neighbouring rows of a page that travel in one request.
  struct Slot {
    /// Keeps the rows' bytes alive; `nil` while the slot is free.
    var page: ScanPage?
    var first: Int32 = 0
    var count: Int32 = 0
    /// Failed attempts so far.
    var attempt: Int32 = 0
    /// The page's number in the ledger.
    var number: Int32 = 0
    fileprivate var nextFree: Int32 = -1
  }

  private var slots: [Slot] = []
  private var firstFree: Int32 = -1
  private(set) var used = 0

  subscript(index: Int32) -> Slot {
    get { slots[Int(index)] }
    _modify { yield &slots[Int(index)] }
  }

  mutating func take(page: ScanPage, first: Int32, count: Int32, number: Int32 = 0) -> Int32 {
    used += 1
    let slot = Slot(page: page, first: first, count: count, number: number)
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
    slots[Int(index)] = Slot(nextFree: firstFree)
    firstFree = index
    used -= 1
  }
}
