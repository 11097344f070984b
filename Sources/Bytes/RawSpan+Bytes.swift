extension [UInt8] {
  /// A copy of borrowed bytes.
  @inlinable package init(_ span: RawSpan) {
    self = span.withUnsafeBytes { [UInt8]($0) }
  }
}

extension RawSpan {
  /// Byte-wise equality.
  @inlinable package func isEqual(to other: RawSpan) -> Bool {
    let count = byteCount
    guard count == other.byteCount else { return false }
    var index = 0
    while index &+ 8 <= count {
      let mine = unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
      guard mine == other.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self) else { return false }
      index &+= 8
    }
    while index < count {
      let mine = unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      guard mine == other.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) else { return false }
      index &+= 1
    }
    return true
  }

  /// Below zero, zero or above zero when these bytes sort before, with or behind `other`; a prefix sorts first.
  @inlinable package func order(to other: RawSpan) -> Int {
    let shared = Swift.min(byteCount, other.byteCount)
    for index in 0..<shared {
      let mine = unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      let theirs = other.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
      if mine != theirs { return mine < theirs ? -1 : 1 }
    }
    return byteCount - other.byteCount
  }

  /// Whether these bytes begin with `prefix`; the empty prefix begins everything.
  @inlinable package func starts(with prefix: RawSpan) -> Bool {
    byteCount >= prefix.byteCount && extracting(0..<prefix.byteCount).order(to: prefix) == 0
  }

  /// Whether these bytes end with `suffix`.
  @inlinable package func ends(with suffix: RawSpan) -> Bool {
    byteCount >= suffix.byteCount
      && extracting((byteCount - suffix.byteCount)..<byteCount).order(to: suffix) == 0
  }

  /// Whether `pattern` occurs anywhere in these bytes.
  package func contains(_ pattern: RawSpan) -> Bool {
    guard pattern.byteCount > 0 else { return true }
    var start = 0
    while start + pattern.byteCount <= byteCount {
      if extracting(start..<(start + pattern.byteCount)).order(to: pattern) == 0 { return true }
      start += 1
    }
    return false
  }
}
