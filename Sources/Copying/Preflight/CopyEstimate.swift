/// How much a copy moves and how long that takes, and from what that was reckoned. An estimate.
package struct CopyEstimate: Sendable, Equatable {
  /// Rows to be read, by the servers' estimate; `nil` when they do not tell.
  package var rows: Int64?
  /// Keys and values of those rows, by the sample's mean, or the files of the source without one.
  package var bytes: Int64?
  /// The longest of what the limits and the sample ask for; `nil` when nothing tells.
  package var seconds: Double?
  /// "5000 rows/s (--max_rows_per_second)".
  package var basis = ""

  package init(_ facts: PreflightFacts, _ options: CopyOptions) {
    rows = facts.source.rows.value
    bytes = facts.source.bytes.value
    if let rows, let each = facts.sample?.bytesPerRow { bytes = Int64(min(Double(rows) * each, 9e18)) }
    if let rows, rows > 0 {
      take(rows, per: options.maxRowsPerSecond, "rows/s (--max_rows_per_second)")
      // It counts requests, each of which holds an unknown number of rows in `duplicate`.
      if options.mode != .duplicate {
        take(
          rows, per: Throttling(facts.target.variable("replica.write_throttling"))?.unitsPerSecond,
          "rows/s (the target's replica.write_throttling)")
      }
      take(
        rows,
        per: Throttling(facts.source.variable("replica.read_throttling"))?.unitsPerSecond.map {
          $0 * options.rowsPerReply(bytesPerRow: facts.sample?.bytesPerRow)
        },
        "rows/s (the source's replica.read_throttling)")
      if let sample = facts.sample, sample.rows > 0 {
        take(rows, per: sample.rowsPerSecond, "rows/s (reading alone: a sample of \(sample.rows) rows)")
      }
    }
    if let bytes, bytes > 0 {
      take(bytes, per: options.maxBytesPerSecond, "bytes/s (--max_mb_per_second)")
      take(
        bytes, per: Throttling(facts.target.variable("replica.write_throttling_by_size"))?.unitsPerSecond,
        "bytes/s (the target's replica.write_throttling_by_size)")
      take(
        bytes, per: Throttling(facts.source.variable("replica.read_throttling_by_size"))?.unitsPerSecond,
        "bytes/s (the source's replica.read_throttling_by_size)")
    }
  }

  private mutating func take(_ amount: Int64, per rate: Double?, _ name: String) {
    guard let rate, rate > 0 else { return }
    let needed = Double(amount) / rate
    guard needed > seconds ?? -1 else { return }
    seconds = needed
    basis = "\(Int64(min(rate.rounded(), 9e18))) \(name)"
  }
}
