package import Bytes
package import Thrift

/// The argument of `RPC_RRDB_RRDB_SORTKEY_COUNT`: a hash key without its length prefix.
package struct HashKeyRequest: ThriftValue {
  package var hashKey: [UInt8]

  package init(hashKey: [UInt8] = []) {
    self.hashKey = hashKey
  }

  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    hashKey = try reader.readBlob()
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.appendBlob(hashKey)
  }
}

/// The argument of `RPC_RRDB_RRDB_CLEAR_SCANNER`: the id of a scan context.
package struct ScanContext: ThriftValue {
  package var id: Int64

  package init(id: Int64) {
    self.id = id
  }

  package static var thriftType: ThriftType { .i64 }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    id = try Int64(decoding: &reader)
  }

  package func encode(into buffer: inout ByteBuffer) {
    id.encode(into: &buffer)
  }

  /// The id that means "nothing follows". Every other number, negative or not, is a context.
  package static let completed: Int64 = -1
}

/// The result of an RPC that is never answered.
package struct NoReply: ThriftStruct {
  package init() {}

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    try reader.skip(.struct)
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.appendStop()
  }
}
