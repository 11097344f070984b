package import Bytes
package import PegasusProtocol

/// One reply of a scan: its bytes as they came, and where the rows are in them. Nothing is copied row by row.
package final class ScanPage: Sendable {
  /// Where one row lies in `bytes`.
  package struct Row: Sendable {
    package var keyOffset: Int32
    package var keyLength: Int32
    package var valueOffset: Int32
    package var valueLength: Int32
    /// Seconds of Pegasus' epoch; 0 for a row that does not expire.
    package var expireTimestamp: UInt32

    package init(
      keyOffset: Int32, keyLength: Int32, valueOffset: Int32, valueLength: Int32, expireTimestamp: UInt32
    ) {
      self.keyOffset = keyOffset
      self.keyLength = keyLength
      self.valueOffset = valueOffset
      self.valueLength = valueLength
      self.expireTimestamp = expireTimestamp
    }

    /// The key, in the page's bytes. Every key of a page has been found to be one when the page was read.
    @_lifetime(copy bytes)
    package func key(in bytes: RawSpan) -> KeyView {
      KeyView(valid: bytes.extracting(Int(keyOffset)..<Int(keyOffset + keyLength)))
    }

    /// The value, in the page's bytes.
    @_lifetime(copy bytes)
    package func value(in bytes: RawSpan) -> RawSpan {
      bytes.extracting(Int(valueOffset)..<Int(valueOffset + valueLength))
    }
  }

  package let bytes: [UInt8]
  package let rows: [Row]
  package let status: StorageStatus
  /// −1: the partition is finished. Anything else names the continuation; negative ids are ordinary.
  package let contextID: Int64
  /// The rows of this reply: counted by the server in a count-only scan, else the rows sent.
  package let rowCount: Int
  /// Whether the server sent expiries with the rows.
  package let hasExpiry: Bool
  /// When it came.
  package let receivedAt = ContinuousClock.now

  /// - Parameter body: what stands in a reply behind its header
  /// - Throws: `ByteError` with the offset in the struct
  package init(decoding body: [UInt8]) throws(ByteError) {
    let span = body.span.bytes
    var view = try ScanReplyView(ByteReader(span))
    var rows: [Row] = []
    rows.reserveCapacity(view.rowCount)
    var hasExpiry = true
    while let row = try view.nextRow() {
      _ = try KeyView(row.key)
      guard let key = span.byteOffsets(of: row.key), let value = span.byteOffsets(of: row.value) else { continue }
      rows.append(
        Row(
          keyOffset: Int32(truncatingIfNeeded: key.lowerBound), keyLength: Int32(truncatingIfNeeded: key.count),
          valueOffset: Int32(truncatingIfNeeded: value.lowerBound), valueLength: Int32(truncatingIfNeeded: value.count),
          expireTimestamp: row.expiry))
      hasExpiry = hasExpiry && row.hasExpiry
    }
    bytes = body
    self.rows = rows
    status = view.error
    contextID = view.contextID
    rowCount = view.kvCount.map(Int.init) ?? rows.count
    self.hasExpiry = hasExpiry
  }

  /// A page of rows that did not come from a scan.
  package init(bytes: [UInt8], rows: [Row]) {
    self.bytes = bytes
    self.rows = rows
    status = .ok
    contextID = ScanContext.completed
    rowCount = rows.count
    hasExpiry = true
  }

  package func key(at index: Int) -> [UInt8] {
    let row = rows[index]
    return Array(bytes[Int(row.keyOffset)..<Int(row.keyOffset + row.keyLength)])
  }

  package func value(at index: Int) -> [UInt8] {
    let row = rows[index]
    return Array(bytes[Int(row.valueOffset)..<Int(row.valueOffset + row.valueLength)])
  }
}
