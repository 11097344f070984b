import CDigest

/// MD5, piece by piece: what Pegasus keeps of every file of a backup. A check against accidents, not against an enemy.
package struct MD5: Sendable {
  private var digest = cdigest_md5()

  package init() { cdigest_md5_start(&digest) }

  /// Takes further bytes.
  package mutating func add(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { cdigest_md5_add(&digest, $0.baseAddress, $0.count) }
  }

  /// The digest of what was added so far, 32 lower-case hexadecimal digits.
  package var hex: String {
    var copy = digest
    var result = [UInt8](repeating: 0, count: 16)
    cdigest_md5_finish(&copy, &result)
    return Hex.encode(result)
  }

  /// The digest of these bytes.
  package static func hex(of bytes: [UInt8]) -> String {
    var digest = MD5()
    digest.add(bytes.span.bytes)
    return digest.hex
  }
}
