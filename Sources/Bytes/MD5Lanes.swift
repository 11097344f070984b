import CDigest

/// Sixteen MD5s of sixteen different things, computed side by side in the time of two or three of them: an operation of MD5
/// waits for the one before, so that a processor has room for others meanwhile.
package struct MD5Lanes: ~Copyable {
  /// How many there are.
  package static let count = 16
  private let digests: UnsafeMutablePointer<cdigest_md5>

  package init() {
    digests = .allocate(capacity: Self.count)
    digests.initialize(repeating: cdigest_md5(), count: Self.count)
    for lane in 0..<Self.count { start(lane) }
  }

  deinit { digests.deallocate() }

  /// Begins anew in a lane.
  package mutating func start(_ lane: Int) { cdigest_md5_start(digests + lane) }

  /// Takes further bytes in one lane.
  package mutating func add(_ bytes: RawSpan, to lane: Int) {
    bytes.withUnsafeBytes { cdigest_md5_add(digests + lane, $0.baseAddress, $0.count) }
  }

  /// Takes the first `count` bytes of each sixteenth of `bytes`, one for each lane: side by side when every lane has
  /// taken a multiple of 64 bytes so far, and `count` is one; else one after the other.
  package mutating func add(parts bytes: RawSpan, count: Int) {
    let stride = bytes.byteCount / Self.count
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, count <= stride else { return }
      if cdigest_md5_add_sixteen(digests, base, stride, count) { return }
      for lane in 0..<Self.count { cdigest_md5_add(digests + lane, base + lane * stride, count) }
    }
  }

  /// The digest of what a lane has taken, 32 lower-case hexadecimal digits.
  package func hex(_ lane: Int) -> String {
    var copy = digests[lane]
    var result = [UInt8](repeating: 0, count: 16)
    cdigest_md5_finish(&copy, &result)
    return Hex.encode(result)
  }
}
