public import Bytes

/// Anything that can be a field, an element, an argument or a result.
///
/// Pegasus gives several types of its own (blob, gpid, addresses, error codes) the type byte of a struct although
/// their payload is none; they conform to this protocol, not to `ThriftStruct`.
@usableFromInline
package protocol ThriftValue: Sendable, Equatable {
  /// The type byte in front of the value.
  static var thriftType: ThriftType { get }
  /// Reads the payload. Throws with the offset when it is cut or means nothing.
  init(decoding reader: inout ByteReader) throws(ByteError)
  /// Writes the payload.
  func encode(into buffer: inout ByteBuffer)
}

/// A generated message: fields in ascending order of their ids, then STOP.
@usableFromInline
package protocol ThriftStruct: ThriftValue {
  init()
}

extension ThriftStruct {
  @inlinable package static var thriftType: ThriftType { .struct }
}

/// An enumeration of the IDL: open, so that a value of a newer server survives.
package protocol ThriftEnumeration: ThriftValue, RawRepresentable, Hashable, CustomStringConvertible
where RawValue == Int32 {
  init(rawValue: Int32)
  /// The name in the IDL, or the number when it has none.
  var name: String { get }
}

extension ThriftEnumeration {
  package static var thriftType: ThriftType { .i32 }

  package init(decoding reader: inout ByteReader) throws(ByteError) {
    self.init(rawValue: try reader.read(bigEndian: Int32.self))
  }

  package func encode(into buffer: inout ByteBuffer) {
    buffer.append(bigEndian: rawValue)
  }

  package var description: String { name }
}
