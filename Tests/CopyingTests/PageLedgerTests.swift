import TestSupport
import Testing

@testable import Copying

@Suite struct PageLedgerTests {
  @Test func theMarkFollowsTheFirstOpenPage() {
    var ledger = PageLedger()
    let first = ledger.open(rows: 2, lastKey: [2])
    let second = ledger.open(rows: 1, lastKey: [3])
    ledger.decide(second, .copied, bytes: 10)
    ledger.decide(first, .expired)
    #expect(ledger.position == nil)
    #expect(ledger.durable.read == 0 && ledger.decided.read == 2)
    ledger.decide(first, .copied, bytes: 7)
    #expect(ledger.position == [3])
    #expect(ledger.durable.read == 3 && ledger.durable.copied == 2 && ledger.durable.expired == 1)
    #expect(ledger.durableBytes == 17)
    #expect(ledger.openPages == 0)
  }

  @Test func aFailedRowHoldsTheMarkBeforeItsPageForGood() {
    var ledger = PageLedger()
    let pages = (1...3).map { ledger.open(rows: 2, lastKey: [UInt8($0)]) }
    ledger.decide(pages[0], .copied, count: 2)
    ledger.decide(pages[1], .failed)
    ledger.decide(pages[1], .copied)
    ledger.decide(pages[2], .copied, count: 2)
    #expect(ledger.isFrozen)
    #expect(ledger.position == [1])
    #expect(ledger.durable.read == 2 && ledger.durable.failed == 0)
    #expect(ledger.decided.read == 6 && ledger.decided.failed == 1)
    // It does not hold on to what comes behind.
    #expect(ledger.openPages == 0)
  }

  @Test func afterAStopTheMarkStandsWithinThePage() {
    var ledger = PageLedger()
    let page = ledger.open(rows: 10, lastKey: [10])
    ledger.decide(page, .copied, count: 4)
    ledger.leaveOut(6, of: page, lastKey: [4])
    #expect(ledger.position == [4])
    #expect(ledger.durable.copied == 4)
  }

  @Test func anUndecidedRowHoldsTheMarkAlsoAfterAStop() {
    var ledger = PageLedger()
    let first = ledger.open(rows: 3, lastKey: [3])
    ledger.decide(first, .copied, count: 2)
    let second = ledger.open(rows: 3, lastKey: [6])
    ledger.decide(second, .copied)
    ledger.leaveOut(2, of: second, lastKey: [4])
    #expect(ledger.position == nil)
    #expect(ledger.durable.read == 0 && ledger.decided.read == 3)
  }

  @Test func aPageOfWhichNothingWasTakenLeavesTheMark() {
    var ledger = PageLedger()
    ledger.decide(ledger.open(rows: 1, lastKey: [1]), .filtered)
    ledger.leaveOut(5, of: ledger.open(rows: 5, lastKey: [6]), lastKey: nil)
    #expect(ledger.position == [1])
    #expect(ledger.durable.read == 1)
    #expect(ledger.openPages == 0)
  }

  @Test func aLaterRunGoesOnFromTheCheckpoint() {
    var counts = RowCounts()
    counts.add(.copied, 100)
    var ledger = PageLedger(PartitionCheckpoint(partition: 0, position: [7], counts: counts, bytes: 50))
    #expect(ledger.position == [7] && ledger.decided.read == 100)
    ledger.decide(ledger.open(rows: 1, lastKey: [8]), .copied, bytes: 5)
    #expect(ledger.position == [8] && ledger.durable.copied == 101 && ledger.durableBytes == 55)
  }

  /// Against a plain model: rows decided in any order, the mark behind the longest run of pages that are decided and have
  /// no failure.
  @Test(arguments: 0..<8) func agreesWithAModel(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    var ledger = PageLedger()
    var model: [(key: [UInt8], outcomes: [PageLedger.Outcome?])] = []
    var numbers: [Int32] = []
    for _ in 0..<1000 {
      let open = model.indices.suffix(200).filter { model[$0].outcomes.contains { $0 == nil } }
      if let page = open.randomElement(using: &random), open.count > 12 || Bool.random(using: &random) {
        let index = model[page].outcomes.firstIndex { $0 == nil } ?? 0
        let isBad = Int.random(in: 0..<2000, using: &random) == 0
        let good: [PageLedger.Outcome] = [.copied, .expired, .existing]
        let outcome = isBad ? .failed : good.randomElement(using: &random) ?? .copied
        model[page].outcomes[index] = outcome
        ledger.decide(numbers[page], outcome)
      } else {
        let key = [UInt8(model.count >> 8), UInt8(model.count & 255)]
        let rows = Int.random(in: 1...6, using: &random)
        model.append((key, Array(repeating: nil, count: rows)))
        numbers.append(ledger.open(rows: rows, lastKey: key))
      }
      let safe = model.prefix { !$0.outcomes.contains { $0 == nil || $0 == .failed } }
      #expect(ledger.position == safe.last?.key)
      #expect(ledger.durable.read == Int64(safe.reduce(0) { $0 + $1.outcomes.count }))
    }
    let decided = model.flatMap { $0.outcomes.compactMap { $0 } }
    #expect(ledger.decided.read == Int64(decided.count))
    #expect(ledger.decided.copied == Int64(decided.count { $0 == .copied }))
    #expect(ledger.decided.pending == 0)
  }
}
