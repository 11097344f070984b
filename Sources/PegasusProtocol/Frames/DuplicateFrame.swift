package import Bytes
import Thrift

/// A `RPC_RRDB_RRDB_DUPLICATE` of puts that grows row by row in the buffer it will be sent from. Between `init` and
/// `finish` nothing else may be appended to that buffer or consumed from it.
///
/// The form of Pegasus 2.4 and later, a list of entries; servers before 2.4 take one entry in each request. A server
/// whose own name is missing in its `[duplication-group]` aborts at such a request, and again whenever it replays its
/// log: send none to a cluster that has not been found to be one of a group.
package struct DuplicateFrame: ~Copyable {
  /// What all rows of a request are marked with.
  package struct Origin: Sendable, Equatable {
    /// Microseconds of unix time.
    package var microseconds: Int64
    /// The number of the cluster they come from, 1 to 127: one of the target's group, and not the target's own.
    package var clusterID: UInt8

    package init(microseconds: Int64, clusterID: UInt8) {
      self.microseconds = microseconds
      self.clusterID = clusterID & 0x7f
    }
  }

  /// Bytes of an entry besides its key and value.
  package static let entryOverhead = 77

  private let start: Int
  private let countOffset: Int
  private let origin: Origin
  package private(set) var rowCount: Int32 = 0

  /// Opens the frame. The server looks at one hash for all rows, that of `key`: all of them have to belong to the same
  /// partition, and to the same one after a split that nobody here has heard of yet.
  package init(
    routedBy key: borrowing RoutedKey, origin: Origin, header: PartitionHeader, sequenceID: Int32,
    into buffer: inout ByteBuffer
  ) {
    let fields = header.fields(hash: .key(key.partitionHash))
    start = RequestFrame.begin(fields, name: Duplicate.name, sequenceID: sequenceID, into: &buffer)
    self.origin = origin
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendFieldHeader(.list, 1)
    buffer.append(ThriftType.struct.rawValue)
    countOffset = buffer.count
    buffer.append(bigEndian: 0 as Int32)
  }

  /// `expiry` in seconds since 2016, 0 for never. Never compared with what is there: the row is written in any case.
  package mutating func append(key: RawSpan, value: RawSpan, expiry: UInt32, into buffer: inout ByteBuffer) {
    buffer.reserve(Self.entryOverhead + key.byteCount + value.byteCount)
    buffer.appendFieldHeader(.i64, 1)
    buffer.append(bigEndian: origin.microseconds)
    buffer.appendFieldHeader(.struct, 2)
    buffer.append(bigEndian: Int32(Put.name.utf8CodeUnitCount))
    buffer.append(Put.name)
    // The body of a native message: the argument is field 0.
    buffer.appendFieldHeader(.struct, 3)
    buffer.append(bigEndian: Int32(truncatingIfNeeded: 26 + key.byteCount + value.byteCount))
    buffer.appendFieldHeader(.struct, 0)
    buffer.appendFieldHeader(.struct, 1)
    buffer.appendBlob(key)
    buffer.appendFieldHeader(.struct, 2)
    buffer.appendBlob(value)
    buffer.appendFieldHeader(.i32, 3)
    buffer.append(bigEndian: expiry)
    buffer.append(bigEndian: 0 as UInt16)
    buffer.appendFieldHeader(.byte, 4)
    buffer.append(origin.clusterID)
    buffer.appendFieldHeader(.bool, 5)
    buffer.append(bigEndian: 0 as UInt16)
    rowCount += 1
  }

  package consuming func finish(in buffer: inout ByteBuffer) {
    buffer.patch(bigEndian: rowCount, at: countOffset)
    buffer.append(bigEndian: 0 as UInt16)
    RequestFrame.finish(start, in: &buffer)
  }
}
