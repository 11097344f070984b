/// When two expiries count as the same.
package struct ExpiryRule: Sendable, Equatable {
  /// Expiries are not compared.
  package var isIgnored: Bool
  /// How many seconds two expiries may be apart.
  package var tolerance: UInt32

  package init(isIgnored: Bool = false, tolerance: UInt32 = 1) {
    self.isIgnored = isIgnored
    self.tolerance = tolerance
  }

  func agree(_ mine: UInt32, _ theirs: UInt32) -> Bool {
    if isIgnored || mine == theirs { return true }
    return mine > 0 && theirs > 0 && max(mine, theirs) - min(mine, theirs) <= tolerance
  }

  /// Whether both sides are the same.
  func agree(_ mine: RowRead?, _ theirs: RowRead?) -> Bool {
    guard let mine, let theirs else { return mine == nil && theirs == nil }
    return mine.value == theirs.value && agree(mine.expiry, theirs.expiry)
  }

  /// Whether what is still there on one side only is as good as gone: it is about to expire, and did a little earlier on
  /// the other side.
  ///
  /// - Parameter now: seconds of Pegasus' epoch
  func isOver(_ look: RowLook?, now: UInt32) -> Bool {
    guard let look, look.expiry > 0 else { return false }
    return Int64(look.expiry) <= Int64(now) + Int64(isIgnored ? 0 : tolerance)
  }
}
