import PegasusClient
import Testing

@testable import Copying

@Suite struct SlotTableTests {
  @Test func slotsAreReusedAndForgetTheirPage() {
    var table = SlotTable()
    let page = ScanPage(bytes: [], rows: [])
    let first = table.take(page: page, first: 1, count: 2)
    let second = table.take(page: page, first: 3, count: 1)
    #expect(table.used == 2)
    #expect(table[first].count == 2)
    table[second].attempt += 1
    table.release(first)
    #expect(table.used == 1)
    #expect(table[first].page == nil)
    let third = table.take(page: page, first: 9, count: 1)
    #expect(third == first)
    #expect(table[third].attempt == 0)
    #expect(table[third].first == 9)
    #expect(table[second].attempt == 1)
  }
}
