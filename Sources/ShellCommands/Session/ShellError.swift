import Backups
import CommandLineKit
import Jobs
import PegasusClient
import RPC

/// How a run of the shell, or one of its commands, ended. The numbers are the process's exit status; more may come, and
/// an unknown one means failure. A run that was ended by SIGINT dies of it (130 for the calling script).
package enum ExitStatus: Int32, Sendable, Comparable {
  /// Done and clean.
  case ok = 0
  /// Ran, and something was wrong: a row failed, a table is not there, a server refused.
  case problem = 1
  /// The command line, the script or the configuration is wrong.
  case usage = 2
  /// The cluster cannot be reached.
  case unreachable = 3
  /// Interrupted before the end.
  case interrupted = 4
  /// Not done: a safety check or the operator said no.
  case refused = 5

  /// A comparison that could not be made to its end: it has no answer, as with `diff` and `cmp`.
  package static let couldNotTell = ExitStatus.usage

  package static func < (a: ExitStatus, b: ExitStatus) -> Bool { a.severity < b.severity }

  /// A problem found on the way matters less than one that kept a command from running.
  private var severity: Int32 { rawValue }
}

/// Why a command failed, in the words the operator sees.
package struct ShellError: Error, Sendable, CustomStringConvertible {
  package var message: String
  /// What to do about it; may be empty.
  package var advice: String
  package var status: ExitStatus

  package init(_ message: String, advice: String = "", status: ExitStatus = .problem) {
    self.message = message
    self.advice = advice
    self.status = status
  }

  package var description: String { advice.isEmpty ? message : "\(message) (\(advice))" }
}

extension ShellError {
  /// Any error of the rooms below, with its exit status: the one place where they are mapped.
  package init(_ error: any Error) {
    switch error {
    case let error as ShellError: self = error
    case let error as ClientError:
      self.init(
        error.action.isEmpty ? error.cause : "\(error.action): \(error.cause)", advice: error.advice,
        status: Self.status(of: error))
    case let error as JobError: self.init(error)
    case let error as BlockServiceError: self.init(error)
    case let error as SplitError: self.init(error)
    case let error as UsageError: self.init(error.description, status: .usage)
    case is CancellationError: self.init("interrupted", status: .interrupted)
    case let error as any CustomStringConvertible: self.init(error.description)
    default: self.init("\(error)")
    }
  }

  private static func status(of error: ClientError) -> ExitStatus {
    switch error.reason {
    case .noLeader: .unreachable
    case .transport(.connect): .unreachable
    case .cancelled: .interrupted
    case .invalid: .usage
    default: .problem
    }
  }
}
