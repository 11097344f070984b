import Backups
import PegasusClient
import PegasusProtocol

/// How a restore that had begun can go wrong.
enum RestoreFailure: Error, Sendable, CustomStringConvertible {
  /// The servers have dropped the new table themselves.
  case takenBack
  /// Somebody dropped the table after its data had come.
  case dropped

  var description: String {
    switch self {
    case .takenBack: "restore failed, because some partition's data is damaged on cold backup media"
    case .dropped: "the new table was dropped"
    }
  }

  func text(_ plan: RestorePlan, _ id: Int32) -> String {
    switch self {
    case .takenBack: "\(self); the servers have dropped the new table (id \(id))"
    case .dropped: "the new table '\(plan.table)' (id \(id)) was dropped"
    }
  }

  func advice(_ plan: RestorePlan) -> String {
    switch self {
    case .takenBack:
      "'\(plan.checkLine)' tells what is damaged; --skip_bad_partition leaves such partitions empty; when somebody has "
        + "dropped the table by hand, begin another restore"
    case .dropped: "begin another restore"
    }
  }

  /// Why servers do not begin a restore.
  static func explained(_ error: ClientError, _ plan: RestorePlan) -> ShellError {
    var shown = ShellError(error)
    let provider = plan.request.backupProviderName
    switch error.reason {
    case .outcomeUnknown:
      shown.advice = "'ls' shows whether there is a table '\(plan.table)'; if so, 'query_restore_status \(plan.table)'"
    case .refused(let code, let hint):
      shown.message = "restore app failed with err(\(code.name))" + (hint.isEmpty ? "" : ": \(hint)")
      switch code {
      case .objectNotFound:
        shown.message += ": couldn't find valid app metadata"
        shown.advice =
          "the servers look for \(plan.location.path)/\(plan.request.appName)_\(plan.request.appId) on '\(provider)': "
          + "-c is the source's cold_backup_root, -r the path that the backup was given; 'ls_backups -b \(provider)' "
          + "shows what is there"
      case .invalidParameters:
        shown.advice =
          "the servers need a section [block_service.\(provider)], and no table may be called '\(plan.table)'; -n gives "
          + "another name"
      case .corruption:
        shown.advice = "'\(plan.checkLine)' tells what is damaged"
      default: break
      }
    default: break
    }
    return shown
  }
}

/// How a partition stands, in the old shell's words.
enum RestoreWord: String {
  case ok, ongoing, skip, unknown

  static func of(_ status: ClusterClient.RestoreStatus, _ partition: Int) -> RestoreWord {
    guard partition < status.statuses.count, partition < status.progress.count else { return .unknown }
    switch status.statuses[partition] {
    case .ok: return status.progress[partition] >= 1000 ? .ok : .ongoing
    case .ignoreBadData: return .skip
    default: return .unknown
    }
  }

  /// How far a partition is, and what keeps it: servers try again when a disk is full or the storage does not answer.
  static func note(_ status: ClusterClient.RestoreStatus, _ partition: Int) -> String {
    let percent = "\(status.progress[partition] / 10)%"
    return of(status, partition) == .unknown && partition < status.statuses.count
      ? "\(percent), \(status.statuses[partition].name)" : percent
  }
}
