/// Type bytes of Thrift's binary protocol. Open: what is on the wire may be anything.
@usableFromInline
package struct ThriftType: RawRepresentable, Hashable, Sendable {
  @usableFromInline package var rawValue: UInt8

  @inlinable package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  @inlinable package static var stop: Self { Self(rawValue: 0) }
  @inlinable package static var bool: Self { Self(rawValue: 2) }
  @inlinable package static var byte: Self { Self(rawValue: 3) }
  @inlinable package static var double: Self { Self(rawValue: 4) }
  @inlinable package static var i16: Self { Self(rawValue: 6) }
  @inlinable package static var i32: Self { Self(rawValue: 8) }
  @inlinable package static var u64: Self { Self(rawValue: 9) }
  @inlinable package static var i64: Self { Self(rawValue: 10) }
  @inlinable package static var string: Self { Self(rawValue: 11) }
  @inlinable package static var `struct`: Self { Self(rawValue: 12) }
  @inlinable package static var map: Self { Self(rawValue: 13) }
  @inlinable package static var set: Self { Self(rawValue: 14) }
  @inlinable package static var list: Self { Self(rawValue: 15) }
}
