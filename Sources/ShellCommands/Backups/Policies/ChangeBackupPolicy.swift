import CommandLineKit
import EventLoop
import JSON
import PegasusClient
import PegasusProtocol

/// `modify_backup_policy`
struct ChangeBackupPolicy: ShellCommand {
  static let name = "modify_backup_policy"
  static let summary = "change the tables, the times or the history of a backup policy"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let parameters: [Parameter<Self>] = [
    .option(\.policy, "-p", "--policy_name", value: "str", help: "the policy", isRequired: true),
    .option(
      \.added, "-a", "--add_app", value: "1,2...", help: "tables to add, by id or name", completion: .table),
    .option(
      \.removed, "-r", "--remove_app", value: "1,2...", help: "tables to leave out from now on, by id or name",
      completion: .table),
    .option(
      \.interval, "-i", "--backup_interval_seconds", value: "num", help: "from one begin to the next; a day at least"),
    .option(\.history, "-c", "--backup_history_count", value: "num", help: "backups kept; older ones are removed"),
    .option(\.start, "-s", "--start_time", value: "hour:minute", help: "when it begins, in the servers' time"),
  ]
  static let examples = [
    CommandExample("modify_backup_policy -p nightly -a 9 -c 5", "one more table, five backups"),
    CommandExample("modify_backup_policy -p nightly -r 3 -s 04:00", "one table less, at four"),
  ]

  var policy = ""
  var added: [String] = []
  var removed: [String] = []
  var interval: Int64?
  var history: Int32?
  var start: PolicyStartTime?

  func validate() throws(UsageError) {
    try PolicyName.check(policy)
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if let interval, interval <= 0 { try refuse("invalid backup_interval_seconds: \(interval), should > 0") }
    if let history, history <= 0 { try refuse("invalid backup_history_count: \(history), should > 0") }
    if added.isEmpty, removed.isEmpty, interval == nil, history == nil, start == nil {
      throw UsageError("nothing is to be changed", kind: .missingParameter)
    }
  }

  @LoopActor
  func run(in session: Session) async throws {
    var request = ConfigurationModifyBackupPolicyRequest(policyName: policy)
    if !added.isEmpty { request.addAppids = try await TableChoice.ids(added, in: session) }
    if !removed.isEmpty { request.removalAppids = try await removedIDs(in: session) }
    request.newBackupIntervalSec = interval
    request.backupHistoryCountToKeep = history
    request.startTime = start?.text
    try await session.changePolicy(
      request, "Change", result: "Modify policy result", failure: "modify backup policy failed")
  }

  /// A table that was dropped must still be removable, by its id.
  @LoopActor
  private func removedIDs(in session: Session) async throws -> [Int32] {
    let ids = removed.compactMap { Int32($0) }
    return ids.count == removed.count ? ids : try await TableChoice.ids(removed, in: session)
  }
}

extension Session {
  /// Asks, changes a policy, and shows what the servers say.
  ///
  /// - Parameters:
  ///   - verb: "Disable"
  ///   - result: "disable policy result"
  ///   - failure: "disable backup policy failed"
  func changePolicy(
    _ request: ConfigurationModifyBackupPolicyRequest, _ verb: String, result: String, failure: String
  ) async throws {
    try await requireConfirmation(
      "\(verb) backup policy '\(request.policyName)' of cluster '\(clusterName)'?", effect: .writes)
    let hint: String
    do {
      hint = try await cluster().modifyBackupPolicy(request)
    } catch let error as ClientError {
      throw PolicyRefusal.explained(error, failure)
    }
    tell(
      "\(result): ERR_OK",
      ["policy_name": .string(request.policyName), "result": "ERR_OK", "hint": .string(hint)])
    show(hint: hint)
  }
}
