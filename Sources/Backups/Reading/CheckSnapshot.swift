import BackupLayout

/// How a check stands, at one moment.
package struct CheckSnapshot: Sendable, Equatable {
  /// One partition of it.
  package struct Part: Sendable, Equatable {
    package enum State: String, Sendable { case waiting, running, done, failed }

    package var index: Int32
    package var state: State
    package var files: Int
    package var fileCount: Int
    package var bytes: Int64
    package var totalBytes: Int64
  }

  package var elapsed: Duration
  /// In order.
  package var parts: [Part]
  /// Files that are not as their list says.
  package var problemCount: Int

  package var files: Int { parts.reduce(0) { $0 + $1.files } }
  package var fileCount: Int { parts.reduce(0) { $0 + $1.fileCount } }
  package var bytes: Int64 { StoredSize.sum(parts.map(\.bytes)) }
  package var totalBytes: Int64 { StoredSize.sum(parts.map(\.totalBytes)) }
}

/// How a check ended.
package struct CheckResult: Sendable {
  package var snapshot: CheckSnapshot
  package var problems: [StorageProblem]
  /// What ended it before its end; nil when it ran through.
  package var error: BlockServiceError?

  /// Every file was read, and is as its list says.
  package var isComplete: Bool { error == nil && problems.isEmpty }
}
