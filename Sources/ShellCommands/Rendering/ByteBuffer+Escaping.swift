import Bytes

/// Keys and values as text that can be pasted back, written where they are needed: no string is made on the way.
extension ByteBuffer {
  /// As `ByteEscaping.escape`: two-character escapes, `\xHH` for what is not printable ASCII, the rest as it is.
  mutating func append(escaping bytes: RawSpan, all: Bool) {
    let count = bytes.byteCount
    var plainStart = 0
    var index = 0
    while index < count {
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      if !all && Self.isPlain(byte) {
        index += 1
        continue
      }
      if index > plainStart { append(bytes.extracting(plainStart..<index)) }
      append(escape: byte, all: all)
      index += 1
      plainStart = index
    }
    if count > plainStart { append(bytes.extracting(plainStart..<count)) }
  }

  /// The bytes escaped and between double quotes.
  mutating func append(quoting bytes: RawSpan, all: Bool) {
    append(UInt8(ascii: "\""))
    append(escaping: bytes, all: all)
    append(UInt8(ascii: "\""))
  }

  /// Printable ASCII that needs no backslash.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte <= 0x7E && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
      && byte != UInt8(ascii: "\\")
  }

  private mutating func append(escape byte: UInt8, all: Bool) {
    append(UInt8(ascii: "\\"))
    if !all {
      switch byte {
      case 0x0A: return append(UInt8(ascii: "n"))
      case 0x0D: return append(UInt8(ascii: "r"))
      case 0x09: return append(UInt8(ascii: "t"))
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return append(byte)
      default: break
      }
    }
    append(UInt8(ascii: "x"))
    append(hexDigit: byte >> 4)
    append(hexDigit: byte & 15)
  }

  private mutating func append(hexDigit value: UInt8) {
    append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10)
  }

  /// A whole number in decimal digits.
  mutating func append(decimal value: some BinaryInteger) {
    var digits = ByteBuffer(capacity: 40)
    var rest = value.magnitude
    repeat {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder))
      rest = quotient
    } while rest > 0
    if value < 0 { append(UInt8(ascii: "-")) }
    let reversed = digits.bytes
    for index in stride(from: reversed.byteCount - 1, through: 0, by: -1) {
      append(reversed.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self))
    }
  }
}
