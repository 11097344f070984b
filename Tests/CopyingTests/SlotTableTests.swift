import PegasusClient
import Testing

@testable import Copying

@Suite struct SlotTableTests {
  @Test func slotsAreReused() {
    var table = SlotTable()
    let first = table.take(SlotTable.Slot(first: 1, count: 2, weight: 7))
    let second = table.take(SlotTable.Slot(first: 3, count: 1))
    #expect(table.used == 2)
    #expect(table.load == 8)
    #expect(table[first].count == 2)
    table[second].attempt += 1
    table.release(first)
    #expect(table.used == 1)
    #expect(table.load == 1)
    let third = table.take(SlotTable.Slot(first: 9, count: 1))
    #expect(third == first)
    #expect(table[third].attempt == 0)
    #expect(table[third].first == 9)
    #expect(table[second].attempt == 1)
  }

  @Test func rowsAreNeighboursOrStandInAnOrder() {
    let neighbours = SlotTable.Slot(first: 4, count: 3)
    #expect(neighbours.places.map { neighbours.row(at: $0, in: []) } == [4, 5, 6])
    let chosen = SlotTable.Slot(first: 1, count: 2, isOrdered: true)
    #expect(chosen.places.map { chosen.row(at: $0, in: [8, 1, 5, 2]) } == [1, 5])
  }

  @Test func thePageIsKeptUntilItsRowsAreDecided() {
    var ledger = PageLedger()
    let page = ScanPage(bytes: [], rows: [])
    let first = ledger.open(rows: 3, lastKey: [1], of: page)
    let second = ledger.open(rows: 1, lastKey: [2], of: page)
    #expect(ledger.append(order: [2, 0], to: first) == 0)
    #expect(ledger.append(order: [1], to: first) == 2)
    #expect(ledger.order(of: first) == [2, 0, 1])
    ledger.decide(second, .copied)
    #expect(ledger.page(second) == nil)
    #expect(ledger.page(first) === page)
    ledger.decide(first, .copied, count: 2)
    #expect(ledger.page(first) === page)
    ledger.decide(first, .failed)
    #expect(ledger.openPages == 0)
  }

  @Test func groupsKeepTheOrderOfTheirRows() {
    var groups = RowGroups()
    for round in 0..<2 {
      groups.begin(groupCount: 5)
      for row in 0..<20 where row != 7 { groups.add(row: row + round, to: row % 3 == 0 ? 4 : row % 3) }
      let order = groups.sorted()
      #expect(order.count == 19)
      #expect(groups.places(of: 0).isEmpty && groups.places(of: 3).isEmpty)
      #expect(order[groups.places(of: 1)].map { Int($0) - round } == [1, 4, 10, 13, 16, 19])
      #expect(order[groups.places(of: 2)].map { Int($0) - round } == [2, 5, 8, 11, 14, 17])
      #expect(order[groups.places(of: 4)].map { Int($0) - round } == [0, 3, 6, 9, 12, 15, 18])
    }
    groups.begin(groupCount: 3)
    #expect(groups.sorted().isEmpty && groups.places(of: 2).isEmpty)
  }
}
