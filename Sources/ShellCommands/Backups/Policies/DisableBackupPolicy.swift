import CommandLineKit
import EventLoop
import PegasusProtocol

/// `disable_backup_policy`
struct DisableBackupPolicy: ShellCommand {
  static let name = "disable_backup_policy"
  static let summary = "let a backup policy begin no more backups"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let discussion = """
    Servers of 2.6 refuse it while a backup of the policy runs, unless -f is given; that backup then ends in order.
    """
  static let parameters: [Parameter<Self>] = [
    .option(\.policy, "-p", "--policy_name", value: "str", help: "the policy", isRequired: true),
    .flag(\.isForced, "-f", "--force", help: "also while a backup runs (2.6)"),
  ]
  static let examples = [CommandExample("disable_backup_policy -p nightly", "'enable_backup_policy' takes it back")]

  var policy = ""
  var isForced = false

  func validate() throws(UsageError) { try PolicyName.check(policy) }

  @LoopActor
  func run(in session: Session) async throws {
    var request = ConfigurationModifyBackupPolicyRequest(policyName: policy)
    request.isDisable = true
    if isForced { request.forceDisable = true }
    try await session.changePolicy(
      request, "Disable", result: "disable policy result", failure: "disable backup policy failed")
  }
}
