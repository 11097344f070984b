import PegasusClient
import PegasusProtocol

/// A range of sort keys below one hash key as a range of full keys, which is what a scan takes.
struct HashKeyBounds: Equatable {
  var start: PegasusKey
  var startInclusive: Bool
  /// `nil`: to the end of the partition.
  var stop: PegasusKey?
  var stopInclusive: Bool
  var partitionHash: UInt64

  /// - Throws: `ShellError` when the hash key is empty, because such rows are in all partitions, or too long
  init(hashKey: [UInt8], range: SortKeyRange) throws {
    guard !hashKey.isEmpty else {
      throw ShellError(
        "the hash key is empty, and rows without one are spread over all partitions by their sort keys",
        advice: "'full_scan' shows them", status: .usage)
    }
    start = try rowKey(hashKey, range.start)
    startInclusive = range.startInclusive
    partitionHash = start.partitionHash
    if range.stop.isEmpty {
      stop = Self.end(of: try rowKey(hashKey, []))
      stopInclusive = false
    } else {
      stop = try rowKey(hashKey, range.stop)
      stopInclusive = range.stopInclusive
    }
  }

  func apply(to options: inout ScanOptions) {
    options.start = start
    options.startInclusive = startInclusive
    options.stop = stop
    options.stopInclusive = stopInclusive
  }

  /// The smallest key that sorts behind all keys with this prefix. The bytes that follow the prefix need not be a key, as
  /// their length prefix may ask for a longer hash key; zeros fill it up to the next one that is.
  static func end(of prefix: PegasusKey) -> PegasusKey? {
    guard var bytes = KeyRange.next(prefix.encoded) else { return nil }
    if bytes.count < 2 { bytes.append(0) }
    let needed = 2 + (Int(bytes[0]) << 8) + Int(bytes[1])
    if bytes.count < needed { bytes += [UInt8](repeating: 0, count: needed - bytes.count) }
    return try? PegasusKey(encoded: bytes)
  }
}
