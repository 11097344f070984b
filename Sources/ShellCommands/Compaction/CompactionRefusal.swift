import PegasusClient
import PegasusProtocol

/// Why servers do not begin a compaction.
enum CompactionRefusal {
  static func explained(_ error: ClientError, _ table: String) -> ShellError {
    var shown = ShellError(error)
    switch error.reason {
    case .outcomeUnknown: shown.advice = "'query_manual_compact_status -a \(table)' shows whether it was begun"
    case .refused(.operationDisabled, _):
      shown.advice = "manual_compact.disabled of the table is true: 'del_app_envs manual_compact.disabled' allows it"
    case .refused(.appNotExist, _), .refused(.appDropped, _): shown.advice = "'ls' shows the tables of the cluster"
    default: break
    }
    return shown
  }
}
