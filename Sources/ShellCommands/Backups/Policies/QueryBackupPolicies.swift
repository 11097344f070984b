import PegasusProtocol
import CommandLineKit
import EventLoop
import PegasusClient

/// `query_backup_policy`
struct QueryBackupPolicies: ShellCommand {
  static let name = "query_backup_policy"
  static let summary = "show backup policies and the backups they made"
  static let group = "Backups"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] =
    [
      .option(
        \.policies, "-p", "--policy_name", value: "p1,p2...", help: "the policies", isRequired: true),
      .option(\.count, "-b", "--backup_info_cnt", value: "num", help: "backups shown of each, the latest ones"),
    ] + OutputOptions.parameters.nested(in: \.format)
  static let examples = [
    CommandExample("query_backup_policy -p nightly", "the policy and its last three backups"),
    CommandExample("query_backup_policy -p nightly,weekly -b 10", "of two policies, ten of each"),
  ]

  var policies: [String] = []
  var count: Int32 = 3
  var format = OutputOptions()

  func validate() throws(UsageError) {
    if policies.isEmpty { throw UsageError("policy_name should not be empty", kind: .missingParameter) }
    if Set(policies).count < policies.count { throw UsageError("duplicate policy_name", kind: .invalidValue) }
    if count <= 0 { throw UsageError("invalid backup_info_cnt: \(count), should > 0", kind: .invalidValue) }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let found: [ClusterClient.BackupPolicy]
    do {
      found = try await session.cluster().backupPolicies(policies, backupCount: count)
    } catch let error as ClientError {
      throw PolicyRefusal.explained(error, "query backup policy failed")
    }
    try session.show(found.flatMap { [PolicySections.policy($0.policy), PolicySections.backups($0)] }, format)
    let missing = policies.filter { name in !found.contains { $0.policy.policyName == name } }
    guard missing.isEmpty else {
      throw ShellError(
        "no backup policy is called \(missing.joined(separator: " or "))", advice: "'ls_backup_policy' lists them")
    }
  }
}
