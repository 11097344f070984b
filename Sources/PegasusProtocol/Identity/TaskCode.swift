package import Bytes
package import Thrift

/// The name of an RPC inside a message, such as `RPC_RRDB_RRDB_PUT`. Unlike text it carries the type byte of a struct.
package struct TaskCode: ThriftValue, Hashable, CustomStringConvertible {
  package var name: String

  package init(name: String = "") {
    self.name = name
  }

  package static var thriftType: ThriftType { .struct }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    name = try String(decoding: &reader)
  }

  package func encode(into buffer: inout ByteBuffer) {
    name.encode(into: &buffer)
  }

  package var description: String { name }
}
