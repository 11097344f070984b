import PegasusProtocol
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

/// `ls_backup_policy`
struct ListBackupPolicies: ShellCommand {
  static let name = "ls_backup_policy"
  static let summary = "list the backup policies"
  static let group = "Backups"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = OutputOptions.parameters.nested(in: \.format)
  static let examples = [CommandExample("ls_backup_policy", "which tables are backed up, where and how often")]

  var format = OutputOptions()

  @LoopActor
  func run(in session: Session) async throws {
    let policies: [ClusterClient.BackupPolicy]
    do {
      policies = try await session.cluster().backupPolicies()
    } catch let error as ClientError {
      throw PolicyRefusal.explained(error, "ls backup policy failed")
    }
    guard policies.isEmpty, !format.isJSON, !session.output.isJSON, format.file == nil else {
      return try session.show(policies.map { PolicySections.policy($0.policy) }, format)
    }
    session.output.note("no backup policies")
  }
}
