package import Bytes
package import Thrift

/// A row's full key: two bytes with the length of the hash key, the hash key, the sort key.
///
/// A replica server aborts on a key whose length prefix is missing or points behind its end, and after a write so does
/// the next primary. Hence no such key can be made: everything that takes a full key takes this type.
package struct PegasusKey: Hashable, Sendable {
  /// The longest hash key: the prefix could say 65535, but the server refuses it.
  package static let longestHashKey = 65534

  /// The whole, as stored and sent; at least two bytes.
  package let encoded: [UInt8]

  /// Empty hash key, empty sort key: `00 00`, which sorts before every other key.
  package init() {
    encoded = [0, 0]
  }

  /// Throws when the hash key is longer than 65534 bytes; `offset` of the error is that limit.
  package init(hashKey: [UInt8], sortKey: [UInt8]) throws(ByteError) {
    guard hashKey.count <= Self.longestHashKey else {
      throw ByteError(offset: 0, reason: .tooLong(length: hashKey.count, limit: Self.longestHashKey))
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 + hashKey.count + sortKey.count)
    bytes.append(UInt8(hashKey.count >> 8))
    bytes.append(UInt8(hashKey.count & 0xff))
    bytes += hashKey
    bytes += sortKey
    encoded = bytes
  }

  /// Throws when the bytes are not a full key.
  package init(encoded: [UInt8]) throws(ByteError) {
    _ = try KeyView(encoded.span.bytes)
    self.encoded = encoded
  }

  package init(_ view: borrowing KeyView) {
    encoded = [UInt8](view.encoded)
  }

  /// Borrowed access without copies.
  package var view: KeyView {
    @_lifetime(borrow self)
    borrowing get { KeyView(valid: encoded.span.bytes) }
  }

  package var hashKeyLength: Int { Int(encoded[0]) << 8 | Int(encoded[1]) }
  package var hashKey: [UInt8] { [UInt8](encoded[2..<(2 + hashKeyLength)]) }
  package var sortKey: [UInt8] { [UInt8](encoded[(2 + hashKeyLength)...]) }

  /// What decides the partition: CRC-64 of the hash key, or of the sort key when the hash key is empty.
  package var partitionHash: UInt64 { view.partitionHash }
}

extension PegasusKey: ThriftValue {
  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset + 4
    let bytes = try reader.readBlobView()
    do {
      self.init(try KeyView(bytes))
    } catch {
      throw error.shifted(by: start)
    }
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.appendBlob(encoded)
  }
}

extension PegasusKey: Comparable {
  /// The order of the storage: byte by byte.
  package static func < (left: PegasusKey, right: PegasusKey) -> Bool {
    left.encoded.span.bytes.order(to: right.encoded.span.bytes) < 0
  }
}
