import Bytes
import Testing

@Suite struct ChecksumTests {
  @Test func checkValues() {
    let digits = [UInt8]("123456789".utf8)
    #expect(CRC64.checksum(digits) == 0xae8b_1486_0a79_9888)
    #expect(CRC64.checksum([]) == 0)
    #expect(CRC32C.checksum(digits) == 0xe306_9283)
    #expect(CRC32C.checksum([]) == 0)
    #expect(CRC64.checksum([UInt8]("hash_key".utf8)) == 0x6564_1f36_e9f6_a96d)
  }

  @Test func longInputEqualsTheBitwiseDefinition() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
      #expect(CRC64.checksum(bytes) == bitwise(bytes, 0x9a6c_9329_ac4b_c9b5 as UInt64))
      #expect(CRC32C.checksum(bytes) == bitwise(bytes, 0x82f6_3b78 as UInt32))
    }
  }

  private func bitwise<Word: FixedWidthInteger & UnsignedInteger>(_ bytes: [UInt8], _ polynomial: Word) -> Word {
    var crc = Word.max
    for byte in bytes {
      crc ^= Word(byte)
      for _ in 0..<8 { crc = (crc >> 1) ^ (crc & 1 == 1 ? polynomial : 0) }
    }
    return ~crc
  }

  @Test func hexRoundTrips() {
    #expect(Hex.encode([0, 0x9f, 0xff]) == "009fff")
    #expect(Hex.decode("009FfF") == [0, 0x9f, 0xff])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("zz") == nil)
  }
}
