public import Bytes

/// Keys that are written in a fixed order, the one of C++'s `std::map` and `std::set`.
@usableFromInline
package protocol WireOrdered {
  func precedes(_ other: Self) -> Bool
}

extension Int32: WireOrdered {
  @inlinable package func precedes(_ other: Int32) -> Bool { self < other }
}

extension Int64: WireOrdered {
  @inlinable package func precedes(_ other: Int64) -> Bool { self < other }
}

extension String: WireOrdered {
  @inlinable package func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

/// Room made in advance for elements that the input only announces.
@usableFromInline let trustedCount = 1024

extension Array: ThriftValue where Element: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .list }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self.init()
    let type = ThriftType(rawValue: try reader.readByte())
    let count = try reader.readElementCount()
    guard try reader.expects(Element.thriftType, found: type, count: count) else { return }
    reserveCapacity(Swift.min(count, trustedCount))
    for _ in 0..<count {
      append(try Element(decoding: &reader))
    }
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(Element.thriftType.rawValue)
    buffer.append(bigEndian: Int32(clamping: count))
    for element in self { element.encode(into: &buffer) }
  }
}

extension Set: ThriftValue where Element: ThriftValue & WireOrdered {
  @inlinable package static var thriftType: ThriftType { .set }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self.init()
    let type = ThriftType(rawValue: try reader.readByte())
    let count = try reader.readElementCount()
    guard try reader.expects(Element.thriftType, found: type, count: count) else { return }
    for _ in 0..<count {
      insert(try Element(decoding: &reader))
    }
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(Element.thriftType.rawValue)
    buffer.append(bigEndian: Int32(clamping: count))
    for element in sorted(by: { $0.precedes($1) }) { element.encode(into: &buffer) }
  }
}

extension Dictionary: ThriftValue where Key: ThriftValue & WireOrdered, Value: ThriftValue {
  @inlinable package static var thriftType: ThriftType { .map }

  @inlinable package init(decoding reader: inout ByteReader) throws(ByteError) {
    self.init()
    let keyType = ThriftType(rawValue: try reader.readByte())
    let valueType = ThriftType(rawValue: try reader.readByte())
    let count = try reader.readElementCount()
    guard count > 0 else { return }
    guard keyType == Key.thriftType, valueType == Value.thriftType else {
      try reader.skipOldForm(keyType, valueType, count: count)
      return
    }
    for _ in 0..<count {
      let key = try Key(decoding: &reader)
      self[key] = try Value(decoding: &reader)
    }
  }

  @inlinable package func encode(into buffer: inout ByteBuffer) {
    buffer.append(Key.thriftType.rawValue)
    buffer.append(Value.thriftType.rawValue)
    buffer.append(bigEndian: Int32(clamping: count))
    for (key, value) in sorted(by: { $0.key.precedes($1.key) }) {
      key.encode(into: &buffer)
      value.encode(into: &buffer)
    }
  }
}

extension ByteReader {
  /// Whether elements are of the type that is asked for. An older form of the field (2.0's `disk_info`, say) is
  /// stepped over.
  @usableFromInline mutating func expects(
    _ wanted: ThriftType, found: ThriftType, count: Int
  ) throws(ByteError) -> Bool {
    if count == 0 { return false }
    if wanted == found { return true }
    try skipOldForm(found, nil, count: count)
    return false
  }

  @usableFromInline mutating func skipOldForm(
    _ first: ThriftType, _ second: ThriftType?, count: Int
  ) throws(ByteError) {
    for _ in 0..<count {
      try skip(first, depth: 1)
      if let second { try skip(second, depth: 1) }
    }
  }
}
