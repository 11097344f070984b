internal import Bytes

/// A value as it lies in the storage: expiry, time tag, the user's data. Borrowed, nothing is copied.
///
/// Tables of version 1 keep 12 bytes before the data, those of version 0 only the expiry. The version belongs to the
/// table: an expiry with the high bit set is an expiry here, as real servers take it.
struct StoredValue: ~Escapable {
  /// Seconds since 2016-01-01 UTC; 0 = never.
  let expiry: UInt32
  /// Microseconds of unix time `<< 8`, cluster id `<< 1`, deletion bit.
  let timeTag: UInt64
  let data: RawSpan

  /// Nil when the bytes are too few for the header.
  @_lifetime(copy stored)
  init?(_ stored: RawSpan, version: DataVersion) {
    let length = version.headerLength
    guard stored.byteCount >= length else { return nil }
    self.expiry = UInt32(bigEndian: stored.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt32.self))
    self.timeTag =
      version == .one
      ? UInt64(bigEndian: stored.unsafeLoadUnaligned(fromUncheckedByteOffset: 4, as: UInt64.self)) : 0
    self.data = stored.extracting(length..<stored.byteCount)
  }

  func isExpired(at now: UInt32) -> Bool { expiry > 0 && expiry <= now }

  /// What TTL answers: seconds left, −1 for ever. Wraps as the server's 32-bit arithmetic does.
  func remaining(at now: UInt32) -> Int32 { expiry == 0 ? -1 : Int32(bitPattern: expiry &- now) }
}

/// The layout of stored values, kept in the meta family of each partition.
enum DataVersion: Int, Sendable {
  case zero = 0
  case one = 1

  var headerLength: Int { self == .zero ? 4 : 12 }
}
