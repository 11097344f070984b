import Glibc

/// Environment variables; an empty one counts as unset.
package struct Environment: Sendable {
  private let lookup: @Sendable (String) -> String?

  package init(_ lookup: @escaping @Sendable (String) -> String?) { self.lookup = lookup }

  /// Fixed variables, for tests.
  package init(_ variables: [String: String]) { lookup = { variables[$0] } }

  package subscript(name: String) -> String? {
    guard let value = lookup(name), !value.isEmpty else { return nil }
    return value
  }

  /// Those of this process.
  package static let process = Environment { name in getenv(name).map { String(cString: $0) } }
}
