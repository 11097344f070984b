/// What a cluster said when it was asked, or why that is not known: an old server does not answer every question.
package enum SideAnswer<Value: Sendable & Equatable>: Sendable, Equatable {
  /// It answered.
  case known(Value)
  /// It did not; the reason may be empty when it was not asked at all.
  case unknown(String)

  /// The value; `nil` when it is not known.
  package var value: Value? {
    if case .known(let value) = self { value } else { nil }
  }

  /// Why it is not known; `nil` when it is.
  package var reason: String? {
    if case .unknown(let reason) = self { reason } else { nil }
  }
}
