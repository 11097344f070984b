import PegasusClient
import PegasusProtocol
import Terminal

/// A policy as the old shell shows it, every value a text in JSON too.
enum PolicySections {
  static func policy(_ policy: PolicyEntry) -> TextTable {
    TextTable.fields(
      policy.policyName,
      [
        "backup_provider_type": .text(policy.backupProviderType),
        "backup_interval": .text("\(policy.backupIntervalSeconds)s"), "app_ids": .text(ids(policy.appIds)),
        "start_time": .text(policy.startTime), "status": .text(policy.isDisable ? "disabled" : "enabled"),
        "backup_history_count": .text("\(policy.backupHistoryCountToKeep)"),
      ])
  }

  static func backups(_ policy: ClusterClient.BackupPolicy) -> TextTable {
    var section = TextTable(
      "\(policy.policy.policyName)_backup_info", columns: ["id", "start_time", "end_time", "app_ids"])
    for backup in policy.backups {
      section.add(row: [
        .text("\(backup.backupId)"), .text(time(backup.startTimeMs)), .text(time(backup.endTimeMs)),
        .text(ids(backup.appIds)),
      ])
    }
    return section
  }

  private static func ids(_ ids: Set<Int32>) -> String {
    "{" + ids.sorted().map { "\($0)" }.joined(separator: ", ") + "}"
  }

  private static func time(_ milliseconds: Int64) -> String {
    Times.text(unixSeconds: milliseconds / 1000)?.replacing("_", with: " ") ?? "-"
  }
}
