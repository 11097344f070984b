import Bytes

/// What is remembered of a row between two looks: enough to see that it changed.
package struct RowLook: Sendable, Equatable {
  /// Bytes of the value.
  package var valueLength: Int
  /// CRC-64 of the value.
  package var valueChecksum: UInt64
  /// Seconds of Pegasus' epoch; 0 for a row that does not expire.
  package var expiry: UInt32

  package init(valueLength: Int, valueChecksum: UInt64, expiry: UInt32) {
    self.valueLength = valueLength
    self.valueChecksum = valueChecksum
    self.expiry = expiry
  }

  init(value: RawSpan, expiry: UInt32) {
    valueLength = value.byteCount
    valueChecksum = CRC64.checksum(value)
    self.expiry = expiry
  }
}
