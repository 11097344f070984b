package import JSON

/// Something that happened to a job.
package struct JobEvent: Sendable, Equatable {
  /// Of the format of a line in an event file.
  package static let version = 1

  /// Milliseconds since 1970.
  package var time: Int64
  package var job: JobID
  /// A stable identifier: "progress", "step_started", "warning", …
  package var kind: String
  package var fields: JSONObject

  package init(time: Int64, job: JobID, kind: String, fields: JSONObject) {
    self.time = time
    self.job = job
    self.kind = kind
    self.fields = fields
  }

  /// Kept in the journal: everything that does not happen all the time.
  package var isNotable: Bool { !["progress", "checkpoint", "part"].contains(kind) }
}
