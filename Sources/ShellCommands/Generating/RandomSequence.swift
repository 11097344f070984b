/// Random numbers that are the same for the same seed, on every machine and in every release.
struct RandomSequence: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameters:
  ///   - seed: chosen by the user
  ///   - stream: numbers the sequences of one seed
  init(seed: UInt64, stream: UInt64) {
    state = seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0x9E37_79B9_7F4A_7C15
    _ = next()
    state ^= next()
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number of 0 ..< `bound`; the standard library's own way to get one may change between releases.
  mutating func number(below bound: Int) -> Int {
    bound > 0 ? Int(next() % UInt64(bound)) : 0
  }
}
