import PegasusProtocol

/// The rows of the test tables: the same for the same number, no two alike, text as applications store it.
enum RowSource {
  static let keySize = 16
  static let valueSize = 100

  /// Hash key `user00000042`, sort key `s001`.
  ///
  /// - Parameter rowsPerHashKey: up to 999
  static func key(_ number: Int, rowsPerHashKey: Int = 1) throws(BenchError) -> PegasusKey {
    var (hashKey, sortKey) = (Array("user00000000".utf8), Array("s000".utf8))
    write(number / rowsPerHashKey, into: &hashKey, from: 4)
    write(number % rowsPerHashKey + 1, into: &sortKey, from: 1)
    do {
      return try PegasusKey(hashKey: hashKey, sortKey: sortKey)
    } catch {
      throw BenchError("row \(number): \(error)")
    }
  }

  private static func write(_ number: Int, into bytes: inout [UInt8], from first: Int) {
    var rest = number
    var place = bytes.count - 1
    while rest > 0, place >= first {
      bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      place -= 1
    }
  }

  private static let names = ["ada", "grace", "alan", "edsger", "barbara", "donald", "tony", "leslie"]
    .map { Array($0.utf8) }
  private static let digits = Array("0123456789abcdef".utf8)

  /// `{"id":…,"name":"…","balance":…,"token":"…"}`, filled up to `size` bytes; below 100 only its end, the token.
  static func value(_ number: Int, size: Int = valueSize) -> [UInt8] {
    if size < valueSize { return value(number).suffix(size) }
    var random = mix(UInt64(bitPattern: Int64(number)))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    bytes += #"{"id":"#.utf8
    append(UInt64(number), to: &bytes)
    bytes += #","name":""#.utf8
    bytes += names[Int(random & 7)]
    bytes += #"","balance":"#.utf8
    append(random >> 3 & 0xf_ffff, to: &bytes)
    bytes += #","token":""#.utf8
    while bytes.count < size - 2 {
      random = mix(random)
      var word = random
      for _ in 0..<min(16, size - 2 - bytes.count) {
        bytes.append(digits[Int(word & 15)])
        word >>= 4
      }
    }
    bytes += #""}"#.utf8
    return bytes
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    let start = bytes.count
    var rest = number
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// SplitMix64.
  private static func mix(_ seed: UInt64) -> UInt64 {
    var word = seed &+ 0x9e37_79b9_7f4a_7c15
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}
