package import Bytes

/// What a replica stores in front of a value; clients never see it.
///
/// Version 0: expiry. Version 1 (every release here): expiry and time tag. Version 2: a byte `82`, expiry, time tag.
package struct ValueHeader: Hashable, Sendable {
  package enum Version: UInt8, Sendable {
    case v0 = 0
    case v1 = 1
    case v2 = 2
  }

  package var version: Version
  /// Seconds since 2016, see `TTLEpoch`; 0 for never.
  package var expiry: UInt32
  /// When and where it was written; 0 in version 0.
  package var timeTag: TimeTag

  package init(version: Version = .v1, expiry: UInt32 = 0, timeTag: TimeTag = TimeTag()) {
    self.version = version
    self.expiry = expiry
    self.timeTag = timeTag
  }

  /// Bytes in front of the user's data.
  package var length: Int {
    switch version {
    case .v0: 4
    case .v1: 12
    case .v2: 13
    }
  }

  /// Reads the header of a stored value; `reader` then stands at the user's data. A first byte of `82` means version 2;
  /// otherwise `tableVersion` counts, as servers do with expiry times beyond 2084.
  package init(decoding reader: inout ByteReader, tableVersion: Version = .v1) throws(ByteError) {
    version = try reader.peekByte() == 0x82 ? .v2 : tableVersion
    if version == .v2 { try reader.skip(1) }
    expiry = try reader.read(bigEndian: UInt32.self)
    timeTag = version == .v0 ? TimeTag() : TimeTag(rawValue: try reader.read(bigEndian: UInt64.self))
  }

  package func encode(into buffer: inout ByteBuffer) {
    if version == .v2 { buffer.append(0x82 as UInt8) }
    buffer.append(bigEndian: expiry)
    if version != .v0 { buffer.append(bigEndian: timeTag.rawValue) }
  }
}

/// When (microseconds of unix time), on which cluster (7 bits) and whether as a deletion a value was written.
package struct TimeTag: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt64

  package init(rawValue: UInt64 = 0) {
    self.rawValue = rawValue
  }

  package init(microseconds: UInt64, clusterID: UInt8, isDeletion: Bool) {
    rawValue = microseconds << 8 | UInt64(clusterID & 0x7f) << 1 | (isDeletion ? 1 : 0)
  }

  package var microseconds: UInt64 { rawValue >> 8 }
  package var clusterID: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 1) & 0x7f }
  package var isDeletion: Bool { rawValue & 1 == 1 }
}
