import EventLoop
import PegasusProtocol
import Testing

@testable import RPC

@Suite struct CallTableTests {
  private func call(_ token: UInt64, deadline: Int64 = 100, position: UInt64 = 0) -> CallTable.Call {
    CallTable.Call(
      sink: nil, token: token, started: Monotonic(nanoseconds: 0), deadline: Monotonic(nanoseconds: deadline),
      position: position, method: .put)
  }

  private func open(_ table: inout CallTable, _ call: CallTable.Call) throws -> Int32 {
    let id = table.open(call)
    return try #require(id)
  }

  private func token(_ match: CallTable.Match) -> UInt64? {
    if case .call(let call) = match { call.token } else { nil }
  }

  private func isLate(_ match: CallTable.Match) -> Bool {
    if case .late = match { true } else { false }
  }

  @Test func anAnswerFindsItsCallOnce() throws {
    var table = CallTable()
    let first = try open(&table, call(1))
    let second = try open(&table, call(2))
    #expect(table.liveCount == 2)
    let matches = [table.match(second), table.match(first), table.match(first)]
    #expect(matches.map(token) == [2, 1, nil])
    #expect(isLate(matches[2]))
    #expect(table.liveCount == 0)
  }

  @Test func sequenceIDsOfOneSlotDiffer() throws {
    var table = CallTable()
    var seen: Set<Int32> = []
    for number in 0..<4000 {
      let id = try open(&table, call(UInt64(number)))
      #expect(id > 0)
      #expect(seen.insert(id).inserted)
      _ = table.match(id)
    }
  }

  @Test func aLateAnswerIsNotTakenForAnotherCalls() throws {
    var table = CallTable()
    let old = try open(&table, call(1))
    let given = table.abandon(old)
    #expect(given?.token == 1)
    #expect(table.abandonedCount == 1)
    var ids: [Int32] = []
    for number in 0..<10_000 {
      let id = try open(&table, call(UInt64(number)))
      #expect(id != old)
      ids.append(id)
    }
    let late = table.match(old)
    #expect(isLate(late))
    #expect(table.abandonedCount == 0)
    for (number, id) in ids.enumerated() {
      let match = table.match(id)
      #expect(token(match) == UInt64(number))
    }
  }

  @Test func deadlinesExpireAndTheNextIsKnown() throws {
    var table = CallTable()
    for number in 1...5 { _ = table.open(call(UInt64(number), deadline: Int64(number * 10))) }
    var expired: [CallTable.Call] = []
    let next = table.expire(at: Monotonic(nanoseconds: 30), into: &expired)
    #expect(expired.map(\.token).sorted() == [1, 2, 3])
    #expect(next == Monotonic(nanoseconds: 40))
    #expect(table.liveCount == 2)
    #expect(table.abandonedCount == 3)
    let rest = table.removeAll()
    #expect(rest.map(\.token) == [4, 5])
    #expect(table.abandonedCount == 0)
  }

  @Test func aRequestThatNeverLeftFreesItsSlotAtOnce() throws {
    var table = CallTable()
    let id = try open(&table, call(1, position: CallTable.notAppended))
    _ = table.abandon(id)
    #expect(table.abandonedCount == 0)
  }

  @Test func idsThatWereNeverGivenOutAreUnknown() {
    var table = CallTable()
    _ = table.open(call(1))
    for id: Int32 in [-1, .min, 1 << 19 | 17, .max] {
      if case .unknown = table.match(id) { continue }
      Issue.record("\(id) is not unknown")
    }
    let unwanted = table.match(CallTable.noAnswer)
    #expect(isLate(unwanted))
  }

  @Test func thereIsALimit() {
    var table = CallTable()
    for number in 0..<CallTable.capacity {
      if table.open(call(UInt64(number))) == nil { Issue.record("full at \(number)") }
    }
    let beyond = table.open(call(0))
    #expect(beyond == nil)
  }
}
