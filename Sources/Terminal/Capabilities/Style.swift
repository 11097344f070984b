/// What a piece of text is, for those who see colours.
package enum StyleRole: Sendable, CaseIterable {
  case heading, name, value, success, warning, error, dim, strong

  /// Parameters of the "select graphic rendition" sequence.
  fileprivate var parameters: String {
    switch self {
    case .heading: return "1;36"
    case .name: return "36"
    case .value: return "33"
    case .success: return "32"
    case .warning: return "33"
    case .error: return "31"
    case .dim: return "90"
    case .strong: return "1"
    }
  }
}

/// Colours text, or leaves it alone where there are no colours.
package struct Style: Sendable, Equatable {
  package let isOn: Bool

  package init(isOn: Bool) { self.isOn = isOn }
  package init(_ capabilities: TerminalCapabilities) { isOn = capabilities.hasColours }

  package static let plain = Style(isOn: false)

  package func callAsFunction(_ role: StyleRole, _ text: String) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(role.parameters)m\(text)\u{1B}[0m" : text
  }
}
