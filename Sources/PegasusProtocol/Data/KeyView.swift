package import Bytes

/// A full key that lies in somebody else's bytes, found valid: what `PegasusKey` owns, borrowed.
package struct KeyView: ~Escapable {
  /// The whole key, length prefix included.
  package let encoded: RawSpan

  /// Throws when the bytes are no full key: fewer than two, or a length prefix that points behind the end.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) throws(ByteError) {
    guard bytes.byteCount >= 2 else {
      throw ByteError(offset: 0, reason: .truncated(needed: 2, available: bytes.byteCount))
    }
    let length = Self.hashKeyLength(bytes)
    guard length <= bytes.byteCount - 2 else {
      throw ByteError(offset: 2, reason: .truncated(needed: length, available: bytes.byteCount - 2))
    }
    guard length <= PegasusKey.longestHashKey else {
      throw ByteError(offset: 0, reason: .tooLong(length: length, limit: PegasusKey.longestHashKey))
    }
    encoded = bytes
  }

  /// For bytes that have been found a full key before.
  @_lifetime(copy bytes)
  package init(valid bytes: RawSpan) {
    encoded = bytes
  }

  private static func hashKeyLength(_ bytes: RawSpan) -> Int {
    Int(UInt16(bigEndian: bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt16.self)))
  }

  package var hashKeyLength: Int { Self.hashKeyLength(encoded) }

  package var hashKey: RawSpan {
    @_lifetime(copy self)
    get { encoded.extracting(2..<(2 + hashKeyLength)) }
  }

  package var sortKey: RawSpan {
    @_lifetime(copy self)
    get { encoded.extracting((2 + hashKeyLength)..<encoded.byteCount) }
  }

  /// What decides the partition: CRC-64 of the hash key, or of the sort key when the hash key is empty.
  package var partitionHash: UInt64 {
    let length = hashKeyLength
    return CRC64.checksum(length > 0 ? encoded.extracting(2..<(2 + length)) : encoded.extracting(2...))
  }
}
