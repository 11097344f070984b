/// A small generator whose sequence is the same everywhere.
package struct SplitMix: RandomNumberGenerator {
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// So many random bytes.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// The frame with one to three bytes or words of it changed.
  package mutating func damage(_ frame: [UInt8]) -> [UInt8] {
    var bytes = frame
    for _ in 0...(next() % 3) {
      let index = Int(next() % UInt64(bytes.count))
      switch next() % 3 {
      case 0: bytes[index] ^= UInt8(1) << UInt8(next() % 8)
      case 1: bytes[index] = UInt8(truncatingIfNeeded: next())
      default:
        let word: [UInt8] = [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 0]][Int(next() % 3)]
        for (offset, byte) in word.enumerated() where index + offset < bytes.count { bytes[index + offset] = byte }
      }
    }
    return bytes
  }
}
