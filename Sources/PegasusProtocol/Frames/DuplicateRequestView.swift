package import Bytes
import Thrift

/// The argument of a `RPC_RRDB_RRDB_DUPLICATE` as the server reads it, without copies: made in one pass that checks
/// everything but the messages inside.
///
/// From 2.4 on it is a list of entries. Up to 2.3 the argument itself has an entry's fields: that form is read as a list
/// of one.
package struct DuplicateRequestView: ~Escapable {
  package let entryCount: Int
  private var entries: ByteReader
  private var entriesLeft: Int

  /// `body` stands at the argument.
  @_lifetime(copy body)
  package init(_ body: consuming ByteReader) throws(ByteError) {
    var reader = body
    try reader.enterSingleField(.struct)
    entries = reader
    var count = 0
    if let first = try reader.readFieldHeader() {
      if first.id == 1, first.type == .list {
        count = try reader.readStructCount(of: "entries")
        entries = reader
        for _ in 0..<count { _ = try DuplicateEntryView(&reader) }
        while let field = try reader.readFieldHeader() { try reader.skip(field.type) }
      } else {
        reader = entries
        count = 1
        _ = try DuplicateEntryView(&reader)
      }
    }
    try reader.leaveSingleField()
    entryCount = count
    entriesLeft = count
  }

  /// The next entry; nil behind the last.
  @_lifetime(copy self)
  package mutating func nextEntry() throws(ByteError) -> DuplicateEntryView? {
    guard entriesLeft > 0 else { return nil }
    entriesLeft -= 1
    return try DuplicateEntryView(&entries)
  }
}

/// One write that comes from another cluster, in place.
package struct DuplicateEntryView: ~Escapable {
  /// Microseconds of unix time.
  package var microseconds: Int64 = 0
  /// The name of the write.
  package var taskCode: RawSpan
  /// Its body, as in a native message.
  package var message: RawSpan
  /// The cluster it was first made at.
  package var clusterID: UInt8 = 0
  /// Whether a row with a newer time tag is left alone.
  package var verifiesTimeTag = false

  @_lifetime(copy reader)
  init(_ reader: inout ByteReader) throws(ByteError) {
    taskCode = try reader.readSpan(0)
    message = taskCode
    while let field = try reader.readFieldHeader() {
      switch (field.id, field.type) {
      case (1, .i64): microseconds = try reader.read(bigEndian: Int64.self)
      case (2, .struct): taskCode = try reader.readBlobView()
      case (3, .struct): message = try reader.readBlobView()
      case (4, .byte): clusterID = try reader.readByte()
      case (5, .bool): verifiesTimeTag = try reader.readByte() != 0
      default: try reader.skip(field.type)
      }
    }
  }

  /// The write, when it is one of those that Pegasus duplicates.
  package var write: RPCCode? { RPCCode(name: taskCode) }
}
