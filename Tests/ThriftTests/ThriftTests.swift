import Bytes
import Testing
import Thrift

@Suite struct ThriftTests {
  private func encoded(_ value: some ThriftValue) -> String {
    var buffer = ByteBuffer()
    value.encode(into: &buffer)
    return Hex.encode(buffer.array())
  }

  private func decoded<T: ThriftValue>(_ type: T.Type, _ hex: String) throws -> T {
    let bytes = try #require(Hex.decode(hex))
    var reader = ByteReader(bytes.span.bytes)
    return try T(decoding: &reader)
  }

  @Test func scalars() throws {
    #expect(encoded(true) == "01")
    #expect(encoded(Int32(-2)) == "fffffffe")
    #expect(encoded("né") == "000000036ec3a9")
    #expect(try decoded(String.self, "000000036ec3a9") == "né")
    #expect(try decoded(Int64.self, "ffffffffffffffff") == -1)
  }

  @Test func collectionsAreWrittenInOrder() throws {
    #expect(encoded([Int32(1), 2]) == "08000000020000000100000002")
    #expect(encoded(["b": "2", "a": "1"]) == "0b0b0000000200000001610000000131" + "00000001620000000132")
    #expect(encoded(Set([Int32(3), -1])) == "0800000002ffffffff00000003")
    #expect(try decoded([String: String].self, "0b0b0000000100000001610000000131") == ["a": "1"])
  }

  @Test func elementsOfAnotherTypeAreStepppedOver() throws {
    let bytes = try #require(Hex.decode("08080000000200000001000000020000000300000004ff"))
    var reader = ByteReader(bytes.span.bytes)
    #expect(try [Int32: [Int32]](decoding: &reader).isEmpty)
    #expect(try reader.readByte() == 0xff)
  }

  @Test func hostileCountsAreErrors() {
    #expect(throws: ByteError(offset: 1, reason: .negativeLength(-1))) {
      try decoded([Int32].self, "08ffffffff")
    }
    #expect(throws: ByteError(offset: 1, reason: .tooLong(length: 0x7fff_ffff, limit: 1))) {
      try decoded([Int32].self, "087fffffff00")
    }
    #expect(throws: ByteError(offset: 4, reason: .negativeLength(-1))) { try decoded(String.self, "ffffffff") }
  }

  @Test func skippingStopsAtADepth() throws {
    let deep = [UInt8](repeating: 12, count: 1) + Array(repeating: [12, 0, 1], count: 100).flatMap { $0 }
    var reader = ByteReader(deep.span.bytes)
    #expect(throws: ByteError.self) { try reader.skip(.struct) }
    let nested = try #require(Hex.decode("0d000108 0f00000001 00000007 0200000001 01 00".filter { $0 != " " }))
    var other = ByteReader(nested.span.bytes)
    try other.skip(.struct)
    let atEnd = other.isAtEnd
    #expect(atEnd)
  }

  @Test func messageHeadersOfBothForms() throws {
    var buffer = ByteBuffer()
    buffer.appendMessageHeader(.call, name: "RPC_X", suffix: "_ACK", sequenceID: -7)
    let strict = buffer.array()
    var reader = ByteReader(strict.span.bytes)
    let header = try MessageHeader(decoding: &reader)
    #expect(header.kind == .call)
    #expect(header.sequenceID == -7)
    #expect(strict[header.name] == ArraySlice("RPC_X_ACK".utf8))
    let old = try #require(Hex.decode("000000055250435f580100000003"))
    var oldReader = ByteReader(old.span.bytes)
    let oldHeader = try MessageHeader(decoding: &oldReader)
    #expect(oldHeader.sequenceID == 3)
    #expect(old[oldHeader.name] == ArraySlice("RPC_X".utf8))
    let bad = try #require(Hex.decode("ffffffffffffffffffff"))
    var badReader = ByteReader(bad.span.bytes)
    #expect(throws: ByteError.self) { try MessageHeader(decoding: &badReader) }
  }
}
