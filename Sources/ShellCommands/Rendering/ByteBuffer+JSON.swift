import JSON
import Terminal
import Bytes

/// JSON text of keys and values, written where it is needed.
extension ByteBuffer {
  /// `"name":"text"` for bytes that are printable UTF-8; otherwise `"name_escaped":"…"`, where the text is in the shell's
  /// own escapes (`\xHH`), so that a reader can tell the two apart and get the bytes back.
  mutating func append(jsonField name: StaticString, bytes: RawSpan) {
    append(UInt8(ascii: "\""))
    append(name)
    if Self.isPlainASCII(bytes) || Self.isPrintableUTF8(bytes) {
      append("\":\"")
      append(jsonEscaping: bytes)
    } else {
      append("_escaped\":\"")
      var escaped = ByteBuffer(capacity: bytes.byteCount * 4)
      escaped.append(escaping: bytes, all: false)
      append(jsonEscaping: escaped.bytes)
    }
    append(UInt8(ascii: "\""))
  }

  /// The text inside a JSON string; `bytes` is UTF-8.
  mutating func append(jsonEscaping bytes: RawSpan) {
    let count = bytes.byteCount
    var plainStart = 0
    for index in 0..<count {
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 else { continue }
      append(bytes.extracting(plainStart..<index))
      plainStart = index + 1
      append(UInt8(ascii: "\\"))
      if byte >= 0x20 {
        append(byte)
      } else {
        append("u00")
        append(UInt8(ascii: "0") + byte >> 4)
        let low = byte & 15
        append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      }
    }
    append(bytes.extracting(plainStart..<count))
  }

  private static func isPlainASCII(_ bytes: RawSpan) -> Bool {
    for index in 0..<bytes.byteCount {
      let byte = bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      if byte < 0x20 || byte > 0x7E { return false }
    }
    return true
  }

  /// As `JSONObject.add(bytes:as:)` decides it.
  private static func isPrintableUTF8(_ bytes: RawSpan) -> Bool {
    JSONValue.plainText([UInt8](bytes)) != nil
  }
}

extension ByteBuffer {
  /// A whole JSON string.
  mutating func append(jsonText text: String) {
    let bytes = Array(text.utf8)
    append(UInt8(ascii: "\""))
    append(jsonEscaping: bytes.span.bytes)
    append(UInt8(ascii: "\""))
  }
}
