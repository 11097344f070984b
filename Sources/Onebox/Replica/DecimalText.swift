/// Whole numbers kept as text in values, as INCR and the integer checks read them.
enum DecimalText {
  /// An int64 in decimal, with blanks before it and a sign allowed; nil for anything else and for overflow.
  static func parse(_ bytes: RawSpan) -> Int64? {
    let count = bytes.byteCount
    var position = 0
    func byte(_ index: Int) -> UInt8 { bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) }
    while position < count, [9, 10, 11, 12, 13, 32].contains(byte(position)) { position += 1 }
    var negative = false
    if position < count, byte(position) == UInt8(ascii: "-") || byte(position) == UInt8(ascii: "+") {
      negative = byte(position) == UInt8(ascii: "-")
      position += 1
    }
    guard position < count else { return nil }
    var value: Int64 = 0
    while position < count {
      let digit = byte(position)
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let step = Int64(digit - UInt8(ascii: "0"))
      let (sum, overflow2) =
        negative ? tens.subtractingReportingOverflow(step) : tens.addingReportingOverflow(step)
      guard !overflow, !overflow2 else { return nil }
      value = sum
      position += 1
    }
    return value
  }
}
