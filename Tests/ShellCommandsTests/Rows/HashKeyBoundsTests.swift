import PegasusClient
import PegasusProtocol
import Testing

@testable import ShellCommands

@Suite struct HashKeyBoundsTests {
  private func end(_ hashKey: [UInt8]) throws -> [UInt8]? {
    HashKeyBounds.end(of: try PegasusKey(hashKey: hashKey, sortKey: []))?.encoded
  }

  @Test func endIsTheNextKeyThatCanBe() throws {
    #expect(try end(bytes("ab")) == [0, 2] + bytes("ac"))
    #expect(try end([0x61, 0xFF]) == [0, 2, 0x62, 0])
    // No key of two bytes is left, so the first one of three follows.
    #expect(try end([0xFF, 0xFF]) == [0, 3, 0, 0, 0])
    #expect(try end([UInt8](repeating: 0xFF, count: 255)) == [1, 0] + [UInt8](repeating: 0, count: 256))
    #expect(try end([UInt8](repeating: 0xFF, count: 65534)) == nil)
  }

  @Test func stopIsExclusiveAtTheEndOfTheHashKey() throws {
    var range = SortKeyRange()
    range.stopInclusive = true
    let open = try HashKeyBounds(hashKey: bytes("h"), range: range)
    #expect(open.stop?.encoded == [0, 1, UInt8(ascii: "i")])
    #expect(!open.stopInclusive)
    range.stop = bytes("z")
    let closed = try HashKeyBounds(hashKey: bytes("h"), range: range)
    #expect(closed.stop?.encoded == [0, 1] + bytes("hz"))
    #expect(closed.stopInclusive)
    #expect(open.partitionHash == closed.partitionHash)
  }

  @Test func emptyHashKeyIsRefused() {
    #expect(throws: ShellError.self) { try HashKeyBounds(hashKey: [], range: SortKeyRange()) }
  }
}
