package import Bytes
import Thrift

/// Replies that are read a million times, for what matters in them.
package enum HotReplies {
  /// The storage status of an `update_response`, which every server sends as its first field. Whatever does not begin so is
  /// read in full.
  ///
  /// - Parameter body: stands at the result of a reply
  /// - Throws: `ByteError` with the offset in the result
  package static func updateStatus(_ body: inout ByteReader) throws(ByteError) -> StorageStatus {
    var ahead = body
    // Field 0 is a struct, whose field 1 is an i32: 0c 0000, 08 0001.
    if ahead.remaining >= 10, try ahead.read(bigEndian: UInt64.self) >> 16 == 0x0c_0000_08_0001 {
      try body.skip(6)
      return StorageStatus(rawValue: try body.read(bigEndian: Int32.self))
    }
    return try Put.readResponse(&body).error
  }
}
