import EventLoop
package import PegasusProtocol
package import RPC
import Thrift

/// Why a call to a cluster failed: what was being done, to whom, what came back, and what to do next.
package struct ClientError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure that callers tell apart.
  package enum Reason: Sendable {
    /// No meta server answered as leader within the time: each address with what happened there.
    case noLeader(attempts: [String], after: Duration)
    /// The table does not exist in this cluster, or has been dropped.
    case noSuchTable(String)
    /// A meta or replica server answered with an error code; `hint` is the server's own text, if any.
    case refused(ErrorCode, hint: String)
    /// The storage engine of the partition answered with a status other than ok.
    case storage(StorageStatus)
    /// The transport failed, and trying again cannot help.
    case transport(RPCError)
    /// The deadline passed; `last` is the failure that kept the call from succeeding.
    case deadline(after: Duration, attempts: Int, last: String)
    /// A write that must not be repeated blindly lost its answer: it may or may not have been applied.
    case outcomeUnknown(last: String)
    /// A count-only scan lost its place. It cannot go on in the middle and has to begin again.
    case countInterrupted(last: String)
    /// Some of many rows were refused.
    case rowsRefused(Int64, first: String)
    /// The request cannot be sent at all.
    case invalid(String)
    /// The caller was cancelled.
    case cancelled
  }

  package var reason: Reason
  /// What was being done, as a phrase: "get from table 'temp' of cluster 'A'".
  package var action: String

  package init(_ reason: Reason, while action: String) {
    self.reason = reason
    self.action = action
  }

  /// The error code a server answered with, where it was one.
  package var code: ErrorCode? {
    switch reason {
    case .refused(let code, _): code
    case .transport(.server(let code, _, _)): code
    case .noSuchTable: .objectNotFound
    default: nil
    }
  }

  package var isCancellation: Bool {
    if case .cancelled = reason { return true }
    return false
  }

  /// What happened, without what was being done.
  package var cause: String {
    switch reason {
    case .noLeader(let attempts, let after):
      "no meta server answered as leader within \(after.brief): " + attempts.joined(separator: "; ")
    case .noSuchTable(let name): "table '\(name)' does not exist"
    case .refused(let code, let hint): hint.isEmpty ? code.name : "\(code.name): \(hint)"
    case .storage(let status): status.description
    case .transport(let error): "\(error)"
    case .deadline(let after, let attempts, let last):
      "no success within \(after.brief) (\(attempts) attempt\(attempts == 1 ? "" : "s")); last: \(last)"
    case .outcomeUnknown(let last): "the answer was lost, so the write may or may not have been applied: \(last)"
    case .countInterrupted(let last): "the count was interrupted: \(last)"
    case .rowsRefused(let count, let first): "\(count) rows were not written; the first: \(first)"
    case .invalid(let text): text
    case .cancelled: "cancelled"
    }
  }

  /// What the operator can do about it; empty when there is nothing better than the cause itself.
  package var advice: String {
    switch reason {
    case .noLeader: "check the addresses in [pegasus.clusters] and that a meta server runs there"
    case .noSuchTable: "'ls' shows the tables of the cluster"
    case .refused(let code, _): Self.advice(for: code)
    case .transport(.server(let code, _, _)): Self.advice(for: code)
    case .deadline: "'timeout' sets a longer limit; 'nodes' and 'app <table> -d' show what is unhealthy"
    case .outcomeUnknown: "read the row to see what it holds before trying again"
    default: ""
    }
  }

  package var description: String {
    let text = action.isEmpty ? cause : "\(action): \(cause)"
    return advice.isEmpty ? text : "\(text) (\(advice))"
  }

  private static func advice(for code: ErrorCode) -> String {
    switch code {
    case .busy: "the server throttles or is occupied; lower the rate, or see the table's throttling envs"
    case .aclDeny, .unauthenticated: "this user may not do that here; ask the owner of the cluster"
    case .invalidData: "the write is larger than the server's max_allowed_write_size"
    case .operationDisabled: "the table is being duplicated or loaded in bulk; wait until that ends"
    case .diskInsufficient: "a replica server is short of disk space"
    case .handlerNotFound: "this server is too old for the request"
    case .serviceNotActive: "the servers have this service turned off (cold_backup_disabled, duplication_enabled)"
    case .stateFreezed: "the meta level is freezed, or too few replica servers are alive"
    case .busyCreating, .busyDropping: "the table is being created or dropped; try again in a few seconds"
    default: ""
    }
  }
}
