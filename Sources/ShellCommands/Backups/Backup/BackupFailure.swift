import Backups
import PegasusClient
import PegasusProtocol

/// How a backup that had begun can go wrong.
enum BackupFailure: Error, Sendable, CustomStringConvertible {
  case failed
  /// The meta server that led has gone, and with it all knowledge of the backup.
  case forgotten
  case dropped

  var description: String { text(nil, "it") }

  /// - Parameter table: the name of the table
  func text(_ id: Int64?, _ table: String) -> String {
    let name = id.map { "backup \($0)" } ?? "the backup"
    return switch self {
    case .dropped: "\(name) has failed: table '\(table)' was dropped meanwhile"
    case .failed: "\(name) has failed on the servers"
    case .forgotten:
      "the meta server knows nothing of \(name) any more: another one leads now, and nobody goes on with it"
    }
  }

  func advice(_ plan: BackupPlan, _ id: Int64) -> String {
    let leftover =
      plan.location(of: id).map {
        "what is in \($0.path) on the storage is of no use: 'remove_backup -b \(plan.provider) -r \($0.root) -t \(id)' "
          + "removes it"
      } ?? "what it left is of no use: 'remove_backup -b \(plan.provider) -t \(id)' removes it"
    return switch self {
    case .failed:
      "the logs of the replica servers say why: the storage may be full, or not within their reach; \(leftover)"
    case .forgotten, .dropped: leftover
    }
  }
}

/// Why servers do not begin a backup.
enum BackupRefusal {
  static func explained(_ error: ClientError, _ plan: BackupPlan) -> ShellError {
    var shown = ShellError(error)
    switch error.reason {
    case .outcomeUnknown:
      shown.advice = "'query_backup_status \(plan.table.appID)' shows whether it was begun"
    case .refused(.serviceNotActive, _):
      shown.advice = "backups are switched off: set cold_backup_disabled = false in [meta_server] of the meta servers"
    case .refused(.invalidState, _):
      shown.advice =
        "a backup of the table may be under way: 'query_backup_status \(plan.table.appID)' shows it; 'app "
        + "\(plan.table.table)' shows whether the table is available"
    case .refused(.invalidParameters, _):
      shown.advice =
        "the servers need a section [block_service.\(plan.provider)]"
        + (plan.path == nil ? "" : ", and one whose args name a root directory takes no path")
    case .refused(.handlerNotFound, _):
      shown.advice = "servers before 2.3 know policies only: add_backup_policy"
    default: break
    }
    return shown
  }
}
