import PegasusProtocol

/// Turns stored values of one data version into those of another one; expiry and, where both have it, time tag stay.
///
/// The version belongs to the table: an expiry with its highest bit set is one in versions 0 and 1. In version 2 a value
/// without its mark is one of version 1.
struct ValueConversion {
  private static let mark: UInt8 = 0x82

  let source: ValueHeader.Version
  let target: ValueHeader.Version

  init(from source: ValueHeader.Version, to target: ValueHeader.Version) {
    self.source = source
    self.target = target
  }

  /// Values stay as they are.
  var isIdentity: Bool { source == target }

  /// Seconds since 2016, 0 for never; nil when the value is too short for its header.
  @inline(__always)
  func expiry(of stored: RawSpan) -> UInt32? {
    let header = self.header(of: stored)
    guard stored.byteCount >= header.length else { return nil }
    return UInt32(
      bigEndian: stored.unsafeLoadUnaligned(fromUncheckedByteOffset: header.start, as: UInt32.self))
  }

  /// `stored` must have its header.
  func convert(_ stored: RawSpan, into out: inout [UInt8]) {
    let header = self.header(of: stored)
    out.removeAll(keepingCapacity: true)
    if target == .v2 { out.append(Self.mark) }
    append(stored.extracting(header.start..<(header.start + 4)), to: &out)
    if target != .v0 {
      if source == .v0 {
        out.append(contentsOf: repeatElement(0, count: 8))
      } else {
        append(stored.extracting((header.start + 4)..<header.length), to: &out)
      }
    }
    append(stored.extracting(header.length..<stored.byteCount), to: &out)
  }

  /// Where the expiry begins, and where the user's data does.
  private func header(of stored: RawSpan) -> (start: Int, length: Int) {
    switch source {
    case .v0: (0, 4)
    case .v1: (0, 12)
    case .v2:
      stored.byteCount > 0 && stored.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self) == Self.mark
        ? (1, 13) : (0, 12)
    }
  }

  private func append(_ bytes: RawSpan, to out: inout [UInt8]) {
    bytes.withUnsafeBytes { out.append(contentsOf: $0) }
  }
}
