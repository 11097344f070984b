/// Why bytes could not be read, and where.
///
/// `offset` counts bytes from the start of the span the reader was made over.
@usableFromInline
package struct ByteError: Error, Equatable, Sendable, CustomStringConvertible {
  @usableFromInline
  package enum Reason: Equatable, Sendable {
    /// The input ends before the value does.
    case truncated(needed: Int, available: Int)
    /// A length prefix or count is below zero.
    case negativeLength(Int)
    /// A length or count is above what is allowed there.
    case tooLong(length: Int, limit: Int)
    /// The bytes are there but mean nothing.
    case invalid(String)
  }

  @usableFromInline package var offset: Int
  @usableFromInline package var reason: Reason

  @usableFromInline package init(offset: Int, reason: Reason) {
    self.offset = offset
    self.reason = reason
  }

  /// `what` is a phrase like "field type 99".
  package static func invalid(_ what: String, at offset: Int) -> Self {
    Self(offset: offset, reason: .invalid(what))
  }

  @usableFromInline @inline(never)
  static func truncated(at offset: Int, needed: Int, available: Int) -> Self {
    if needed < 0 { return Self(offset: offset, reason: .negativeLength(needed)) }
    return Self(offset: offset, reason: .truncated(needed: needed, available: available))
  }

  /// The same error for a reader that started `distance` bytes further into the whole.
  package func shifted(by distance: Int) -> Self {
    Self(offset: offset + distance, reason: reason)
  }

  @usableFromInline package var description: String {
    switch reason {
    case .truncated(let needed, let available):
      "at byte \(offset): \(needed) bytes expected, \(available) left"
    case .negativeLength(let length):
      "at byte \(offset): negative length \(length)"
    case .tooLong(let length, let limit):
      "at byte \(offset): length \(length) is above the limit of \(limit)"
    case .invalid(let what):
      "at byte \(offset): \(what)"
    }
  }
}
