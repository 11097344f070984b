import Bytes
import Thrift

extension ByteReader {
  /// A `key_value` in place.
  @_lifetime(copy self) @inline(__always)
  mutating func readKeyValue() throws(ByteError) -> ScanRow {
    var key = try readSpan(0)
    var value = key
    var expiry: UInt32?
    while let field = try readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .struct): key = try readBlobView()
      case (2, .struct): value = try readBlobView()
      case (3, .i32): expiry = try read(bigEndian: UInt32.self)
      default: try skip(field.type)
      }
    }
    return ScanRow(key: key, value: value, expiry: expiry)
  }

  /// Steps over a `key_value` and finds whether it is sound.
  @inline(__always)
  mutating func skipKeyValue() throws(ByteError) {
    while let field = try readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .struct), (2, .struct): try skip(Int(try read(bigEndian: Int32.self)))
      case (3, .i32): try skip(4)
      default: try skip(field.type)
      }
    }
  }
}
