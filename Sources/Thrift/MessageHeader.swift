public import Bytes

/// What stands in front of the arguments and results: name, kind and sequence number.
@usableFromInline
package struct MessageHeader: Sendable, Equatable {
  @usableFromInline
  package enum Kind: UInt8, Sendable {
    case call = 1
    case reply = 2
    case exception = 3
    case oneway = 4
  }

  package var kind: Kind
  /// Where the name lies, counted from the start of the reader's span.
  package var name: Range<Int>
  package var sequenceID: Int32

  /// Reads the strict form (`80 01 00 kind`) and the old one (name first).
  package init(decoding reader: inout ByteReader) throws(ByteError) {
    let start = reader.offset
    let first = try reader.read(bigEndian: UInt32.self)
    let kindByte: UInt8
    let kindOffset: Int
    if first & 0x8000_0000 != 0 {
      guard first & 0xffff_ff00 == 0x8001_0000 else {
        throw .invalid("message version \(Hex.encode([UInt8(first >> 24), UInt8(first >> 16 & 0xff)]))", at: start)
      }
      kindByte = UInt8(truncatingIfNeeded: first)
      kindOffset = start + 3
      let length = Int(try reader.read(bigEndian: Int32.self))
      try reader.skip(length)
      name = (reader.offset - length)..<reader.offset
    } else {
      let length = Int(first)
      try reader.skip(length)
      name = (reader.offset - length)..<reader.offset
      kindOffset = reader.offset
      kindByte = try reader.readByte()
    }
    guard let kind = Kind(rawValue: kindByte) else {
      throw .invalid("message kind \(kindByte)", at: kindOffset)
    }
    self.kind = kind
    sequenceID = try reader.read(bigEndian: Int32.self)
  }
}

extension ByteBuffer {
  /// The strict form. `suffix` goes behind the name ("_ACK" in replies).
  @inlinable package mutating func appendMessageHeader(
    _ kind: MessageHeader.Kind, name: StaticString, suffix: StaticString = "", sequenceID: Int32
  ) {
    append(bigEndian: 0x8001_0000 as UInt32 | UInt32(kind.rawValue))
    append(bigEndian: Int32(truncatingIfNeeded: name.utf8CodeUnitCount + suffix.utf8CodeUnitCount))
    append(name)
    append(suffix)
    append(bigEndian: sequenceID)
  }

  package mutating func appendMessageHeader(
    _ kind: MessageHeader.Kind, name: String, suffix: StaticString = "", sequenceID: Int32
  ) {
    append(bigEndian: 0x8001_0000 as UInt32 | UInt32(kind.rawValue))
    append(bigEndian: Int32(clamping: name.utf8.count + suffix.utf8CodeUnitCount))
    append(utf8: name)
    append(suffix)
    append(bigEndian: sequenceID)
  }
}

extension ByteReader {
  /// The value in the struct around an argument or a result: one field of whatever id, then STOP.
  /// Throws when the field has another type than `T`, or is missing.
  package mutating func readSingleField<T: ThriftValue>(_ type: T.Type = T.self) throws(ByteError) -> T {
    try enterSingleField(T.thriftType)
    let value = try T(decoding: &self)
    try leaveSingleField()
    return value
  }

  /// Reads up to the value of the one field.
  package mutating func enterSingleField(_ wanted: ThriftType) throws(ByteError) {
    let start = offset
    guard let field = try readFieldHeader() else { throw .invalid("the value is missing", at: start) }
    guard field.type == wanted else {
      throw .invalid("a value of type \(wanted.rawValue) expected, type \(field.type.rawValue) found", at: start)
    }
  }

  /// Reads the STOP behind the value of the one field.
  package mutating func leaveSingleField() throws(ByteError) {
    let end = offset
    let stop = try readByte()
    guard stop == 0 else { throw .invalid("STOP expected behind the value, \(stop) found", at: end) }
  }
}
