import Bytes
import PegasusProtocol
import Testing

@testable import PegasusClient

@Suite struct ScanPageTests {
  private func body(_ rows: [KeyValue], context: Int64 = -1) -> [UInt8] {
    var response = ScanResponse(error: .ok, kvs: rows, contextId: context)
    response.server = "127.0.0.1:1"
    var buffer = ByteBuffer()
    // A reply's body: field 0, a struct.
    buffer.append(0x0c)
    buffer.append(bigEndian: 0 as UInt16)
    response.encode(into: &buffer)
    buffer.append(0)
    return buffer.array()
  }

  @Test func rowsAreFoundWhereTheyLie() throws {
    let key = try PegasusKey(hashKey: Array("h".utf8), sortKey: Array("s".utf8))
    let page = try ScanPage(
      decoding: body([
        KeyValue(key: key.encoded, value: [1, 2, 3], expireTsSeconds: 99), KeyValue(key: [0, 0], value: []),
      ]))
    #expect(page.rows.count == 2)
    #expect(page.key(at: 0) == key.encoded)
    #expect(page.value(at: 0) == [1, 2, 3])
    #expect(page.rows[0].expireTimestamp == 99)
    #expect(page.value(at: 1) == [])
    // One row without an expiry: the server does not send them.
    #expect(!page.hasExpiry)
  }

  @Test func aKeyThatIsNoneIsAnError() {
    #expect(throws: ByteError.self) { try ScanPage(decoding: body([KeyValue(key: [0xff, 0xff], value: [])])) }
    #expect(throws: ByteError.self) { try ScanPage(decoding: body([KeyValue(key: [0], value: [])])) }
  }

  @Test func everyTruncationIsAnError() throws {
    let whole = body([KeyValue(key: [0, 1, 65, 66], value: [7])])
    for length in 0..<whole.count {
      #expect(throws: ByteError.self) { try ScanPage(decoding: Array(whole.prefix(length))) }
    }
    #expect(try ScanPage(decoding: whole).rows.count == 1)
  }
}
