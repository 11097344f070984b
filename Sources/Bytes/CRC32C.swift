/// CRC-32C (Castagnoli): reflected, initial value and final xor all ones, `checksum("123456789") == 0xe3069283`.
/// Pegasus' native frames carry it.
package enum CRC32C {
  private static let tables = CRCTables<UInt32>(polynomial: 0x82f6_3b78)

  package static func checksum(_ bytes: RawSpan) -> UInt32 {
    let count = bytes.byteCount
    let whole = count & ~7
    return tables.values.withUnsafeBufferPointer { table in
      var crc = ~UInt32(0)
      var position = 0
      while position < whole {
        let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
        crc = step(UInt64(crc) ^ UInt64(littleEndian: word), table)
        position += 8
      }
      while position < count {
        let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position, as: UInt8.self)
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xff)]
        position += 1
      }
      return ~crc
    }
  }

  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    checksum(bytes.span.bytes)
  }

  @inline(__always)
  private static func step(_ word: UInt64, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
    var crc = table[1792 + Int(word & 0xff)]
    crc ^= table[1536 + Int(word >> 8 & 0xff)]
    crc ^= table[1280 + Int(word >> 16 & 0xff)]
    crc ^= table[1024 + Int(word >> 24 & 0xff)]
    crc ^= table[768 + Int(word >> 32 & 0xff)]
    crc ^= table[512 + Int(word >> 40 & 0xff)]
    crc ^= table[256 + Int(word >> 48 & 0xff)]
    crc ^= table[Int(word >> 56)]
    return crc
  }
}
