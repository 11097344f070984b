/// A text is not a rate.
package struct JobRateError: Error, Equatable, Sendable, CustomStringConvertible {
  package var text: String
  package var reason: String

  package var description: String { "'\(text)' is not a rate: \(reason)" }
}
