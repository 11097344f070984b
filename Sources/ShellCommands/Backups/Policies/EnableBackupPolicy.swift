import CommandLineKit
import EventLoop
import PegasusProtocol

/// `enable_backup_policy`
struct EnableBackupPolicy: ShellCommand {
  static let name = "enable_backup_policy"
  static let summary = "let a backup policy begin backups again"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.policy, "-p", "--policy_name", value: "str", help: "the policy", isRequired: true)
  ]
  static let examples = [CommandExample("enable_backup_policy -p nightly", "after it was disabled")]

  var policy = ""

  func validate() throws(UsageError) { try PolicyName.check(policy) }

  @LoopActor
  func run(in session: Session) async throws {
    var request = ConfigurationModifyBackupPolicyRequest(policyName: policy)
    request.isDisable = false
    try await session.changePolicy(
      request, "Enable", result: "enable policy result", failure: "enable backup policy failed")
  }
}
