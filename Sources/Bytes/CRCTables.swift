/// Tables for a reflected CRC that eats eight bytes at a time.
///
/// `values[256 * k + b]` is the effect of byte `b` when `k` more bytes follow it in the same step.
struct CRCTables<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  let values: [Word]

  /// `polynomial` in reflected bit order.
  init(polynomial: Word) {
    var values = [Word](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var word = Word(index)
      for _ in 0..<8 {
        word = (word >> 1) ^ (word & 1 == 1 ? polynomial : 0)
      }
      values[index] = word
    }
    for index in 256..<(8 * 256) {
      let previous = values[index - 256]
      values[index] = (previous >> 8) ^ values[Int(truncatingIfNeeded: previous & 0xff)]
    }
    self.values = values
  }
}
