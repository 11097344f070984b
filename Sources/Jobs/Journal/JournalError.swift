/// The journal of jobs cannot be used: what was being done, in which file, what was answered, what to do.
package struct JournalError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    /// It, or its directory, may not be written by this user, or cannot be made.
    case unwritable
    case full
    /// Another process did not let go of it in time.
    case busy
    /// Its contents are not what SQLite wrote.
    case damaged
    /// A newer shell wrote it, in this format.
    case tooNew(Int64)
    /// It is a database of another program.
    case foreign
    case failed
  }

  package var kind: Kind
  package var path: String
  /// "write the progress of job 7".
  package var operation: String
  /// What the system or SQLite answered.
  package var detail: String

  package init(_ kind: Kind, path: String, while operation: String, detail: String) {
    self.kind = kind
    self.path = path
    self.operation = operation
    self.detail = detail
  }

  /// What to do about it; empty: nothing special.
  package var advice: String {
    switch kind {
    case .unwritable: "make it writable for you alone, or set XDG_STATE_HOME to another directory"
    case .full: "make room on its disk; jobs go on meanwhile"
    case .busy: "another process holds it for very long; try again"
    case .damaged:
      "move it out of the way, together with the files named like it with -wal and -shm, and keep them: "
        + "new jobs get a new journal; `sqlite3 \(path) .recover` may save the old one"
    case .tooNew: "use the newer shell, or set XDG_STATE_HOME to another directory"
    case .foreign: "move that file, or set XDG_STATE_HOME to another directory"
    case .failed: ""
    }
  }

  package var description: String {
    "cannot \(operation) \(operation == "open" ? "" : "in ")the journal \(path): \(detail)"
      + (advice.isEmpty ? "" : "; \(advice)")
  }
}
