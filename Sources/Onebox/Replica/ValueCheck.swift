internal import Bytes

/// The condition of CHECK_AND_SET and CHECK_AND_MUTATE. Raw values are those of the wire.
enum ValueCheck: Int32, Sendable {
  case noCheck = 0
  case notExist, notExistOrEmpty, exist, notEmpty
  case matchAnywhere, matchPrefix, matchPostfix
  case bytesLess, bytesLessOrEqual, bytesEqual, bytesGreaterOrEqual, bytesGreater
  case intLess, intLessOrEqual, intEqual, intGreaterOrEqual, intGreater

  enum Outcome: Equatable, Sendable {
    case passed
    case failed
    /// A number was expected in the value or the operand.
    case invalid
  }

  /// Whether a present value fulfils the condition.
  func evaluate(value: RawSpan, operand: RawSpan) -> Outcome {
    switch self {
    case .noCheck, .exist: .passed
    case .notExist: .failed
    case .notExistOrEmpty: Self.outcome(value.isEmpty)
    case .notEmpty: Self.outcome(!value.isEmpty)
    case .matchAnywhere: Self.outcome(value.contains(operand))
    case .matchPrefix: Self.outcome(value.starts(with: operand))
    case .matchPostfix: Self.outcome(value.ends(with: operand))
    case .bytesLess: Self.outcome(value.order(to: operand) < 0)
    case .bytesLessOrEqual: Self.outcome(value.order(to: operand) <= 0)
    case .bytesEqual: Self.outcome(value.order(to: operand) == 0)
    case .bytesGreaterOrEqual: Self.outcome(value.order(to: operand) >= 0)
    case .bytesGreater: Self.outcome(value.order(to: operand) > 0)
    case .intLess, .intLessOrEqual, .intEqual, .intGreaterOrEqual, .intGreater:
      compareNumbers(DecimalText.parse(value), DecimalText.parse(operand))
    }
  }

  /// Whether an absent value fulfils the condition.
  var outcomeWhenAbsent: Outcome {
    switch self {
    case .noCheck, .notExist, .notExistOrEmpty: .passed
    default: .failed
    }
  }

  private func compareNumbers(_ value: Int64?, _ operand: Int64?) -> Outcome {
    guard let value, let operand else { return .invalid }
    return switch self {
    case .intLess: Self.outcome(value < operand)
    case .intLessOrEqual: Self.outcome(value <= operand)
    case .intEqual: Self.outcome(value == operand)
    case .intGreaterOrEqual: Self.outcome(value >= operand)
    default: Self.outcome(value > operand)
    }
  }

  private static func outcome(_ fulfilled: Bool) -> Outcome { fulfilled ? .passed : .failed }
}
