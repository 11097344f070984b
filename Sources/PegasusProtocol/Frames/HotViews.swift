package import Bytes
import Thrift

/// The argument of a put as the server reads it, without copies.
package struct PutRequestView: ~Escapable {
  package let key: RoutedKey
  package let value: RawSpan
  /// Seconds since 2016, 0 for never.
  package let expiry: UInt32

  /// `body` stands at the argument. Throws when the key is missing or is no full key.
  @_lifetime(copy body)
  package init(_ body: consuming ByteReader) throws(ByteError) {
    var reader = body
    try reader.enterSingleField(.struct)
    var key = try reader.readSpan(0)
    var value = key
    var expiry: UInt32 = 0
    var keyOffset = reader.offset
    while let field = try reader.readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .struct):
        keyOffset = reader.offset + 4
        key = try reader.readBlobView()
      case (2, .struct): value = try reader.readBlobView()
      case (3, .i32): expiry = try reader.read(bigEndian: UInt32.self)
      default: try reader.skip(field.type)
      }
    }
    try reader.leaveSingleField()
    do {
      self.key = try RoutedKey(key)
    } catch {
      throw error.shifted(by: keyOffset)
    }
    self.value = value
    self.expiry = expiry
  }
}

/// The argument of a multi_put as the server reads it, without copies: made in one pass that checks everything.
package struct MultiPutRequestView: ~Escapable {
  package let hashKey: RawSpan
  package let rowCount: Int
  /// Seconds since 2016, 0 for never.
  package let expiry: UInt32
  private var rows: ByteReader
  private var rowsLeft: Int

  /// `body` stands at the argument.
  @_lifetime(copy body)
  package init(_ body: consuming ByteReader) throws(ByteError) {
    var reader = body
    try reader.enterSingleField(.struct)
    var hashKey = try reader.readSpan(0)
    var count = 0
    var expiry: UInt32 = 0
    var rows = reader
    while let field = try reader.readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .struct): hashKey = try reader.readBlobView()
      case (2, .list):
        count = try reader.readStructCount(of: "rows")
        rows = reader
        for _ in 0..<count { try reader.skipKeyValue() }
      case (3, .i32): expiry = try reader.read(bigEndian: UInt32.self)
      default: try reader.skip(field.type)
      }
    }
    try reader.leaveSingleField()
    self.hashKey = hashKey
    self.expiry = expiry
    self.rows = rows
    rowCount = count
    rowsLeft = count
  }

  /// The next row, whose key is a sort key; nil behind the last.
  @_lifetime(copy self)
  package mutating func nextRow() throws(ByteError) -> ScanRow? {
    guard rowsLeft > 0 else { return nil }
    rowsLeft -= 1
    return try rows.readKeyValue()
  }
}
