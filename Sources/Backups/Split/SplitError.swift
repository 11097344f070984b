import BackupLayout
import Glibc
import StorageEngine

/// Why an offline split did not come to its end. What was finished stays, and a later run goes on behind it.
package struct SplitError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// The backup is not whole: see `problem`.
    case source
    /// There is something in the target already.
    case targetExists
    /// What an earlier run has left does not fit.
    case changed
    case noSpace
    /// A storage did not do what was asked: see `storage`.
    case storage
    /// RocksDB could not read or write.
    case engine
    /// Rows went missing on the way: never seen, always looked for.
    case counts
    case cancelled
    case invalid
  }

  package var kind: Kind
  /// Without a full stop.
  package var detail: String
  /// A whole sentence; may be empty.
  package var advice: String
  package var problem: StorageProblem?
  package var storage: BlockServiceError?

  package init(_ kind: Kind, _ detail: String, advice: String = "") {
    self.kind = kind
    self.detail = detail
    self.advice = advice
  }

  init(_ problem: StorageProblem) {
    self.init(.source, problem.description, advice: problem.advice)
    self.problem = problem
  }

  init(_ error: BlockServiceError) {
    let kind: Kind =
      switch error.kind {
      case .cancelled: .cancelled
      case .noSpace: .noSpace
      default: .storage
      }
    self.init(kind, error.description, advice: error.advice)
    storage = error
  }

  init(_ error: FileError) {
    let advice = error.isNoSpace ? Self.spaceAdvice : error.code == EMFILE ? Self.filesAdvice : ""
    self.init(error.isNoSpace ? .noSpace : .engine, error.description, advice: advice)
  }

  init(_ error: StorageError, whileReading: Bool) {
    switch error.code {
    case .noSpace: self.init(.noSpace, error.description, advice: Self.spaceAdvice)
    case .corruption where whileReading:
      self.init(.source, error.description, advice: Advice.newBackup)
    case .inputOutput where error.message.contains("Too many open files"):
      self.init(.engine, error.description, advice: Self.filesAdvice)
    default: self.init(.engine, error.description)
    }
  }

  static let spaceAdvice = "Make room there, then go on: what is complete is not done again."
  static let filesAdvice =
    "Let the process have more open files (ulimit -n: a few for each partition of the backup), then go on."
  static var cancelled: SplitError { SplitError(.cancelled, "the split was stopped") }

  package var description: String { detail }
}
