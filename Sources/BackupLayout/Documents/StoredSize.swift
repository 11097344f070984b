/// Sums of sizes that documents tell, which may be absurd.
package enum StoredSize {
  /// All together, in bytes: what is below 0 counts for nothing, and what is beyond the largest number is that.
  package static func sum(_ sizes: some Sequence<Int64>) -> Int64 {
    sizes.reduce(0) { sum, size in
      let (added, overflow) = sum.addingReportingOverflow(max(0, size))
      return overflow ? .max : added
    }
  }

  /// So many times as much.
  package static func times(_ size: Int64, _ factor: Int64) -> Int64 {
    let (product, overflow) = size.multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
