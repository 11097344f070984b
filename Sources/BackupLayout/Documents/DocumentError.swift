/// A stored file that does not hold what a server would have written there.
package struct DocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of file: `backup_metadata`, `bulk_load_info`, …
  package var document: String
  package var reason: String

  package init(_ document: String, _ reason: String) {
    self.document = document
    self.reason = reason
  }

  package var description: String { "\(document) is damaged: \(reason)" }
}
