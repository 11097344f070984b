package import Bytes

/// Bounds of key ranges.
package enum KeyRange {
  /// The smallest key above everything that starts with `prefix`: trailing `ff` bytes go, the last byte left grows by
  /// one. May reach into the length prefix, which is right, because keys sort by it first. Nil when there is none.
  package static func next(_ prefix: [UInt8]) -> [UInt8]? {
    var bytes = prefix
    while let last = bytes.last {
      if last < 0xff {
        bytes[bytes.count - 1] = last + 1
        return bytes
      }
      bytes.removeLast()
    }
    return nil
  }

  /// Behind every key a partition can hold: `ff ff`.
  package static let end: [UInt8] = [0xff, 0xff]

  /// First key and exclusive end of all rows with one hash key.
  package static func hashKey(_ hashKey: [UInt8]) throws(ByteError) -> (start: PegasusKey, stop: [UInt8]) {
    let start = try PegasusKey(hashKey: hashKey, sortKey: [])
    return (start, next(start.encoded) ?? end)
  }
}
