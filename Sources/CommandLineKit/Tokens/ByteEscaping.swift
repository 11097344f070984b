/// Bytes as printable text that can be pasted back between double quotes, and back.
package enum ByteEscaping {
  /// `\n \r \t \" \' \\` as two characters, other bytes outside 0x20…0x7E as `\xHH`, the rest as they are; with `all`
  /// every byte as `\xHH`.
  package static func escape(_ bytes: some Sequence<UInt8>, all: Bool = false) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.underestimatedCount + 8)
    append(bytes, all: all, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// As `escape`, appended to a buffer: for printing many rows.
  package static func append(_ bytes: some Sequence<UInt8>, all: Bool = false, to out: inout [UInt8]) {
    for byte in bytes {
      if all {
        appendHex(byte, to: &out)
        continue
      }
      switch byte {
      case 0x0A: out.append(contentsOf: [0x5C, UInt8(ascii: "n")])
      case 0x0D: out.append(contentsOf: [0x5C, UInt8(ascii: "r")])
      case 0x09: out.append(contentsOf: [0x5C, UInt8(ascii: "t")])
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): out.append(contentsOf: [0x5C, byte])
      case 0x20...0x7E: out.append(byte)
      default: appendHex(byte, to: &out)
      }
    }
  }

  /// Resolves escapes as inside double quotes. Text without a backslash comes back as it is.
  package static func unescape(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), !rest.isEmpty else {
        out.append(byte)
        continue
      }
      let (value, length) = unescapeOne(rest)
      out.append(value)
      rest = rest.dropFirst(length)
    }
    return out
  }

  /// The byte that an escape stands for and how many bytes after the backslash it takes; `rest` is not empty.
  static func unescapeOne(_ rest: ArraySlice<UInt8>) -> (value: UInt8, length: Int) {
    guard let first = rest.first else { return (UInt8(ascii: "\\"), 0) }
    switch first {
    case UInt8(ascii: "n"): return (0x0A, 1)
    case UInt8(ascii: "r"): return (0x0D, 1)
    case UInt8(ascii: "t"): return (0x09, 1)
    case UInt8(ascii: "a"): return (0x07, 1)
    case UInt8(ascii: "b"): return (0x08, 1)
    case UInt8(ascii: "x"):
      let digits = rest.dropFirst().prefix(2)
      guard digits.count == 2, let high = digits.first.flatMap(hexValue), let low = digits.last.flatMap(hexValue) else {
        return (first, 1)
      }
      return (high << 4 | low, 3)
    default: return (first, 1)
    }
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
    default: return nil
    }
  }

  private static func appendHex(_ byte: UInt8, to out: inout [UInt8]) {
    out.append(contentsOf: [0x5C, UInt8(ascii: "x"), hexDigit(byte >> 4), hexDigit(byte & 15)])
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
