import Copying
import JSON
import Terminal

/// What was found before something is done.
struct FindingList {
  private let findings: [Finding]

  init(_ findings: [Finding]) { self.findings = findings }

  /// For people. Not a table: sentences are too long to be padded.
  func text(style: Style) -> String {
    let width = (findings.map { $0.check.rawValue.count }.max() ?? 0) + 2
    var text = style(.heading, "[findings]") + "\n"
    for finding in findings {
      let level = finding.asks ? "asks" : finding.level.rawValue
      let check = DisplayWidth.padded(finding.check.rawValue, to: width)
      text += style(Self.tone(finding), DisplayWidth.padded(level, to: 9)) + check + finding.what + "\n"
      if !finding.advice.isEmpty { text += String(repeating: " ", count: 9 + width) + finding.advice + "\n" }
    }
    return text
  }

  /// For programs.
  var json: JSONValue {
    .array(
      findings.map {
        .object([
          "level": .string($0.level.rawValue), "check": .string($0.check.rawValue), "what": .string($0.what),
          "advice": .string($0.advice), "asks": .bool($0.asks),
        ])
      })
  }

  private static func tone(_ finding: Finding) -> StyleRole {
    switch finding.level {
    case .pass: .success
    case .note: .dim
    case .warning: .warning
    case .blocker: .error
    }
  }
}

extension Finding {
  /// What was found and what to do about it.
  var line: String { advice.isEmpty ? what : "\(what) (\(advice))" }
}
