package import JSON

/// A job as a document that can be handed over: what was done, by whom, when, with which result.
package struct JobReport: Sendable {
  package var record: JobRecord
  /// Oldest first.
  package var events: [JobEvent]

  package init(record: JobRecord, events: [JobEvent]) {
    self.record = record
    self.events = events
  }

  package var markdown: String { "" }
  /// A whole page, without anything from elsewhere.
  package var html: String { "" }
  package var json: JSONValue { .null }
}
