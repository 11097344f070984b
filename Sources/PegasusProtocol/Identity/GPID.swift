package import Bytes
package import Thrift

/// A partition: table id and index, written `2.5`. On the wire one i64, index in the upper half.
package struct GPID: Hashable, Sendable, CustomStringConvertible {
  package var appID: Int32
  package var partitionIndex: Int32

  package init(appID: Int32 = 0, partitionIndex: Int32 = 0) {
    self.appID = appID
    self.partitionIndex = partitionIndex
  }

  /// Reads `2.5`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let appID = Int32(parts[0]), let index = Int32(parts[1]) else { return nil }
    self.init(appID: appID, partitionIndex: index)
  }

  /// Picks the thread of a replica server; the server aborts on a write that carries another value.
  package var threadHash: Int32 { appID &* 7919 &+ partitionIndex }

  package var description: String { "\(appID).\(partitionIndex)" }
}

extension GPID: ThriftValue, WireOrdered {
  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    let value = try reader.read(bigEndian: Int64.self)
    self.init(appID: Int32(truncatingIfNeeded: value), partitionIndex: Int32(truncatingIfNeeded: value >> 32))
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: partitionIndex)
    buffer.append(bigEndian: appID)
  }

  package func precedes(_ other: GPID) -> Bool {
    appID == other.appID ? partitionIndex < other.partitionIndex : appID < other.appID
  }
}
