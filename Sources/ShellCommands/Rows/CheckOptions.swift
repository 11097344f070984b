import JSON
import CommandLineKit
import PegasusClient
import PegasusProtocol
import Terminal

/// What can be asked of the checked row.
enum CheckType: String, CaseIterable, ParameterValue {
  case notExist = "not_exist"
  case notExistOrEmpty = "not_exist_or_empty"
  case exist
  case notEmpty = "not_empty"
  case matchAnywhere = "match_anywhere"
  case matchPrefix = "match_prefix"
  case matchPostfix = "match_postfix"
  case bytesLess = "bytes_less"
  case bytesLessOrEqual = "bytes_less_or_equal"
  case bytesEqual = "bytes_equal"
  case bytesGreaterOrEqual = "bytes_greater_or_equal"
  case bytesGreater = "bytes_greater"
  case intLess = "int_less"
  case intLessOrEqual = "int_less_or_equal"
  case intEqual = "int_equal"
  case intGreaterOrEqual = "int_greater_or_equal"
  case intGreater = "int_greater"

  /// Pegasus 2.0–2.6: the checks are numbered from 1 in this order.
  var wire: CasCheckType {
    CasCheckType(rawValue: Int32((Self.allCases.firstIndex(of: self) ?? 0) + 1))
  }

  /// Whether the row is compared with something.
  var needsOperand: Bool { wire.rawValue >= 5 }
  var comparesNumbers: Bool { wire.rawValue >= 13 }
}

/// The condition of `check_and_set` and `check_and_mutate`.
struct CheckOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(\.sortKey, "-c", "--check_sort_key", value: "str", help: "the row that is checked"),
    .option(\.type, "-t", "--check_type", help: "what must be true of it"),
    .option(\.operand, "-o", "--check_operand", value: "str", help: "what a match, bytes or int check compares with"),
  ]

  /// What a server means when it answers "invalid argument".
  static let invalidArgument = "an int check wants a decimal number in the checked row"

  var sortKey: [UInt8]?
  var type: CheckType?
  var operand: [UInt8]?

  func validate() throws(UsageError) {
    if sortKey == nil { throw UsageError("check_sort_key not provided", kind: .missingParameter) }
    guard let type else { throw UsageError("check_type not provided", kind: .missingParameter) }
    guard type.needsOperand else { return }
    guard let operand else {
      throw UsageError("check_operand not provided: \(type.rawValue) compares with it", kind: .missingParameter)
    }
    if type.comparesNumbers, Int64(String(decoding: operand, as: UTF8.self)) == nil {
      throw UsageError(
        "invalid check_operand \(quoted(operand)): \(type.rawValue) compares with an integer", kind: .invalidValue)
    }
  }

  func check(returnsValue: Bool) -> RowCheck {
    RowCheck(
      sortKey: sortKey ?? [], type: type?.wire ?? CasCheckType(rawValue: 0), operand: operand ?? [],
      returnsValue: returnsValue)
  }

  func add(to echo: inout ParameterEcho) {
    echo.add("check_sort_key", bytes: sortKey ?? [])
    echo.add("check_type", type?.rawValue ?? "no_check")
    if type?.needsOperand == true { echo.add("check_operand", bytes: operand ?? []) }
  }
}

extension Session {
  /// Shows what became of a conditional write. A check that did not pass is an answer, not a failure.
  func show(_ answer: Answer<CheckOutcome>, verb: String) {
    var report = DataReport(
      answer.value.isApplied ? "\(verb) succeed." : "\(verb) failed, because check not passed.",
      fields: ["applied": .bool(answer.value.isApplied)], place: answer.place)
    switch answer.value.checked {
    case .notAsked: break
    case .missing:
      report.lines += ["", "Check value not exist."]
      report.fields["check_value_exists"] = false
    case .value(let value):
      report.lines += ["", "Check value: \(quoted(value, all: escapesAll))"]
      report.fields["check_value_exists"] = true
      report.fields.add(bytes: value, as: "check_value")
    }
    show(report)
  }
}
