package import JSON

/// What became of every row of a backup. The numbers always add up.
package struct SplitCounts: Sendable, Equatable {
  package var read: Int64 = 0
  package var written: Int64 = 0
  /// Rows whose time was over.
  package var expired: Int64 = 0
  /// Rows of a partition that they do not belong to: what a partition split of the servers has left behind. Their own
  /// partition has them.
  package var misplaced: Int64 = 0
  /// The servers' own marker rows.
  package var markers: Int64 = 0
  /// Rows that no server could serve: a key or a value that ends too early.
  package var malformed: Int64 = 0
  /// Bytes of keys and values written.
  package var bytes: Int64 = 0

  package init() {}

  /// Every row is accounted for.
  package var isBalanced: Bool { read == written + expired + misplaced + markers + malformed }

  package static func += (left: inout SplitCounts, right: SplitCounts) {
    left.read += right.read
    left.written += right.written
    left.expired += right.expired
    left.misplaced += right.misplaced
    left.markers += right.markers
    left.malformed += right.malformed
    left.bytes += right.bytes
  }

  package var json: JSONValue {
    .object([
      "read": .integer(read), "written": .integer(written), "expired": .integer(expired),
      "misplaced": .integer(misplaced), "markers": .integer(markers), "malformed": .integer(malformed),
      "bytes": .integer(bytes),
    ])
  }

  /// Nil when the value is none of these.
  package init?(_ json: JSONValue?) {
    guard let json else { return nil }
    func number(_ key: String) -> Int64? {
      guard case .integer(let value)? = json[key], value >= 0 else { return nil }
      return value
    }
    guard let read = number("read"), let written = number("written"), let expired = number("expired"),
      let misplaced = number("misplaced"), let markers = number("markers"), let malformed = number("malformed"),
      let bytes = number("bytes")
    else { return nil }
    (self.read, self.written, self.expired, self.misplaced) = (read, written, expired, misplaced)
    (self.markers, self.malformed, self.bytes) = (markers, malformed, bytes)
  }
}
