/// The CRC-64 of Pegasus' partition hash (known elsewhere as CRC-64/NVME): reflected, initial value and final xor all
/// ones, `checksum("123456789") == 0xae8b14860a799888`, `checksum("") == 0`.
package enum CRC64 {
  private static let tables = CRCTables<UInt64>(polynomial: 0x9a6c_9329_ac4b_c9b5)

  package static func checksum(_ bytes: RawSpan) -> UInt64 {
    let count = bytes.byteCount
    let whole = count & ~7
    return tables.values.withUnsafeBufferPointer { table in
      var crc = ~UInt64(0)
      var position = 0
      while position < whole {
        let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
        crc = step(crc ^ UInt64(littleEndian: word), table)
        position += 8
      }
      return ~finish(crc, bytes, from: position, table)
    }
  }

  package static func checksum(_ bytes: [UInt8]) -> UInt64 {
    checksum(bytes.span.bytes)
  }

  /// The last bytes, fewer than eight: all lookups at once rather than one after the other.
  @inline(__always)
  private static func finish(
    _ crc: UInt64, _ bytes: RawSpan, from position: Int, _ table: UnsafeBufferPointer<UInt64>
  ) -> UInt64 {
    let rest = bytes.byteCount - position
    guard rest > 0 else { return crc }
    var word = crc
    for index in 0..<rest {
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: position + index, as: UInt8.self)
      word ^= UInt64(byte) << UInt64(8 * index)
    }
    var last = crc >> UInt64(8 * rest)
    for index in 0..<rest { last ^= table[256 * (rest - 1 - index) + Int(word >> UInt64(8 * index) & 0xff)] }
    return last
  }

  @inline(__always)
  private static func step(_ word: UInt64, _ table: UnsafeBufferPointer<UInt64>) -> UInt64 {
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
