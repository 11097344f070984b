import CommandLineKit
import EventLoop
import JSON
import PegasusClient
import PegasusProtocol

/// `add_backup_policy`
struct AddBackupPolicy: ShellCommand {
  static let name = "add_backup_policy"
  static let summary = "have tables backed up again and again"
  static let group = "Backups"
  static let effect = CommandEffect.writes
  static let discussion = """
    The first backup begins as soon as the start time allows. Only the hour of the start time counts, and 24:00 means any \
    time. A policy can be disabled, but never be deleted; it cannot have a path, so 'backup' is the better way for a move.
    """
  static let parameters: [Parameter<Self>] = [
    .option(\.policy, "-p", "--policy_name", value: "str", help: "letters, digits and _", isRequired: true),
    .option(
      \.provider, "-b", "--backup_provider_type", value: "str", help: "the storage, as the servers call it",
      isRequired: true, completion: .provider),
    .option(
      \.tables, "-a", "--app_ids", value: "1,2...", help: "the tables, by id or name", isRequired: true,
      completion: .table),
    .option(
      \.interval, "-i", "--backup_interval_seconds", value: "num", help: "from one begin to the next; a day at least",
      isRequired: true),
    .option(\.start, "-s", "--start_time", value: "hour:minute", help: "when it begins, in the servers' time"),
    .option(
      \.history, "-c", "--backup_history_cnt", value: "num", help: "backups kept; older ones are removed",
      isRequired: true),
  ]
  static let examples = [
    CommandExample(
      "add_backup_policy -p nightly -b hdfs_x -a 3,7 -i 86400 -s 02:00 -c 3", "every night, three are kept")
  ]

  var policy = ""
  var provider = ""
  var tables: [String] = []
  var interval: Int64 = 0
  var start = PolicyStartTime.anyTime
  var history: Int32 = 0

  func validate() throws(UsageError) {
    try PolicyName.check(policy)
    func refuse(_ text: String) throws(UsageError) { throw UsageError(text, kind: .invalidValue) }
    if provider.isEmpty { try refuse("backup_provider_type should not be empty") }
    if tables.isEmpty { try refuse("app_ids should not be empty") }
    for word in tables where Int32(word).map({ $0 <= 0 }) == true { try refuse("invalid app_id, \(word)") }
    if interval <= 0 { try refuse("invalid backup_interval_seconds: \(interval), should > 0") }
    if history <= 0 { try refuse("invalid backup_history_cnt: \(history), should > 0") }
  }

  @LoopActor
  func run(in session: Session) async throws {
    let ids = try await TableChoice.ids(tables, in: session)
    try await session.requireConfirmation(
      "Have \(ids.count) table(s) of cluster '\(session.clusterName)' backed up to '\(provider)' again and again?",
      effect: Self.effect)
    do {
      try await session.cluster().addBackupPolicy(
        ConfigurationAddBackupPolicyRequest(
          backupProviderType: provider, policyName: policy, appIds: ids, backupIntervalSeconds: interval,
          backupHistoryCountToKeep: history, startTime: start.text))
    } catch let error as ClientError {
      throw PolicyRefusal.explained(error, "add backup policy failed")
    }
    session.tell(
      "add backup policy succeed, policy_name = \(policy)", ["policy_name": .string(policy), "result": "ERR_OK"])
  }
}

/// What servers answer to requests about policies.
enum PolicyRefusal {
  /// - Parameter failure: what the old shell says: "add backup policy failed"
  static func explained(_ error: ClientError, _ failure: String) -> ShellError {
    var shown = ShellError(error)
    guard case .refused(let code, let hint) = error.reason else { return shown }
    shown.message = "\(failure), err = \(code.name)" + (hint.isEmpty ? "" : ": \(hint)")
    switch code {
    case .serviceNotActive:
      shown.advice = "backups are switched off: set cold_backup_disabled = false in [meta_server] of the meta servers"
    case .invalidParameters where hint.isEmpty: shown.advice = "'ls_backup_policy' shows the policies there are"
    case .busy: shown.advice = "a backup of the policy is under way: wait, or repeat with --force"
    default: break
    }
    return shown
  }
}

extension Session {
  /// A result of one line, or as a document.
  func tell(_ line: String, _ json: JSONObject) {
    if output.isJSON { output.json(json) } else { output.line(line) }
  }
}
