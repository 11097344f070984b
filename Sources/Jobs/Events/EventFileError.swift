/// The file for events cannot be opened.
package struct EventFileError: Error, Equatable, Sendable, CustomStringConvertible {
  package var target: String
  package var reason: String

  package var description: String { "cannot write events to \(target): \(reason)" }
}
