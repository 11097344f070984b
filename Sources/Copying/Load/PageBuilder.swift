package import PegasusClient
package import PegasusProtocol

/// Makes pages of rows that come from somewhere else than a scan: a generator, a file.
package struct PageBuilder {
  private var bytes: [UInt8] = []
  private var rows: [ScanPage.Row] = []

  package init() {}

  package var count: Int { rows.count }

  /// Bytes of keys and values gathered so far.
  package var size: Int { bytes.count }

  /// - Parameter expireTimestamp: seconds of Pegasus' epoch; 0 for a row that does not expire
  package mutating func add(_ key: PegasusKey, value: [UInt8], expireTimestamp: UInt32 = 0) {
    let keyOffset = bytes.count
    bytes += key.encoded
    let valueOffset = bytes.count
    bytes += value
    rows.append(
      ScanPage.Row(
        keyOffset: Int32(keyOffset), keyLength: Int32(key.encoded.count), valueOffset: Int32(valueOffset),
        valueLength: Int32(value.count), expireTimestamp: expireTimestamp))
  }

  /// The rows gathered so far as a page; the builder is empty afterwards.
  package mutating func take() -> ScanPage {
    let page = ScanPage(bytes: bytes, rows: rows)
    bytes.removeAll(keepingCapacity: false)
    rows.removeAll(keepingCapacity: false)
    return page
  }
}
