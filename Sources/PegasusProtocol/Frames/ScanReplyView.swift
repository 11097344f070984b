package import Bytes
import Thrift

/// A row of a scan reply, in the reply's own bytes.
package struct ScanRow: ~Escapable {
  /// Not yet checked: `KeyView(row.key)` throws when it is no full key.
  package let key: RawSpan
  package let value: RawSpan
  /// Seconds since 2016; 0 for never, or when the scan did not ask for it.
  package let expiry: UInt32
  /// Whether the server sent the expiry: one before 2.3 does not know the wish.
  package let hasExpiry: Bool

  @_lifetime(copy key, copy value)
  init(key: RawSpan, value: RawSpan, expiry: UInt32?) {
    self.key = key
    self.value = value
    self.expiry = expiry ?? 0
    hasExpiry = expiry != nil
  }
}

/// A `scan_response` (or the rows of a `multi_get_response`, whose `contextID` means nothing) without copies: made in
/// one pass that checks everything, then walked by `nextRow`.
package struct ScanReplyView: ~Escapable {
  package private(set) var error = StorageStatus.ok
  /// Rows in `rows`.
  package private(set) var rowCount = 0
  /// -1: the partition is finished. Zero with no rows: there was nothing. Anything else continues the scan.
  package private(set) var contextID: Int64 = 0
  package private(set) var gpid = GPID()
  /// What a scan that only counts has counted in this batch. Since 2.5.
  package private(set) var kvCount: Int32?
  private var rows: ByteReader
  private var rowsLeft = 0

  /// `body` stands at the result of a reply.
  @_lifetime(copy body)
  package init(_ body: consuming ByteReader) throws(ByteError) {
    var reader = body
    try reader.enterSingleField(.struct)
    rows = reader
    while let field = try reader.readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .i32): error = StorageStatus(rawValue: try reader.read(bigEndian: Int32.self))
      case (2, .list):
        rowCount = try reader.readStructCount(of: "rows")
        rows = reader
        for _ in 0..<rowCount { try reader.skipKeyValue() }
      case (3, .i64): contextID = try reader.read(bigEndian: Int64.self)
      case (4, .i32): gpid.appID = try reader.read(bigEndian: Int32.self)
      case (5, .i32): gpid.partitionIndex = try reader.read(bigEndian: Int32.self)
      case (7, .i32): kvCount = try reader.read(bigEndian: Int32.self)
      default: try reader.skip(field.type)
      }
    }
    try reader.leaveSingleField()
    rowsLeft = rowCount
  }

  package var isFinished: Bool {
    contextID == ScanContext.completed || (contextID == 0 && rowCount == 0 && error == .ok)
  }

  /// The next row, in the order of the reply; nil behind the last. Nothing is left to go wrong, but the types know
  /// only that reading can.
  @_lifetime(copy self)
  package mutating func nextRow() throws(ByteError) -> ScanRow? {
    guard rowsLeft > 0 else { return nil }
    rowsLeft -= 1
    return try rows.readKeyValue()
  }
}
