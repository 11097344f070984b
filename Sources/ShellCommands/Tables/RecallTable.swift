import JSON
import Terminal
import Configuration
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `recall`
package struct RecallTable: ShellCommand {
  package static let name = "recall"
  package static let summary = "bring a dropped table back"
  package static let group = "Tables"
  package static let effect = CommandEffect.writes
  package static let mayAsk = true
  package static let discussion = """
    'ls -s dropped' shows the ids and until when a table can be recalled.

    A table that was dropped before its partitions were ever healthy must not be recalled: every replica server of 2.6 \
    aborts when it is asked to open replicas that do not exist. Whether it was healthy is not recorded, so a table that \
    lived for less than a minute is refused unless --force is given.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.id, "app_id", help: "the table's id"),
    .argument(\.newName, "new_app_name", help: "another name for it, when its own is in use again"),
    .flag(\.isForced, "-f", "--force", help: "recall it although it may never have been healthy"),
  ]
  package static let examples = [
    CommandExample("recall 5", "under its old name"), CommandExample("recall 5 temp_old", "under another one"),
  ]

  package var id: Int32 = 0
  package var newName: String?
  package var isForced = false

  package init() {}

  package func validate() throws(UsageError) {
    if id < 1 { throw UsageError("app_id: 1 or more is expected", kind: .invalidValue) }
    if let newName { try TableName.check(newName) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let dropped = try await session.cluster().listTables(status: .invalid)
    if let table = dropped.first(where: { $0.appId == id }), !isForced { try await refuseUnsafe(table, session) }
    try await session.requireConfirmation(
      "Recall table \(id) of cluster '\(session.clusterName)'?", effect: Self.effect)
    let info = try await session.cluster().recallTable(id: id, newName: newName ?? "")
    session.output.note(
      "recall app ok, id(\(info.appId)), name(\(info.appName)), partition_count(\(info.partitionCount)), wait it ready")
    try await TableReadiness(session: session, table: info.appName, replicaCount: info.maxReplicaCount).wait()
    if session.output.isJSON {
      session.output.json(["app_id": .int(info.appId), "app_name": .string(info.appName)])
    } else {
      session.output.line("recall app \(id) succeed")
    }
  }

  @LoopActor
  private func refuseUnsafe(_ table: AppInfo, _ session: Session) async throws {
    let lifetime = table.dropSecond - table.createSecond
    guard table.status == .dropped, lifetime < 60, try await !isOnebox(session) else { return }
    throw ShellError(
      "table \(id) ('\(table.appName)') was dropped \(max(0, lifetime)) s after it was created, perhaps before it was "
        + "healthy; recalling such a table makes every replica server abort",
      advice: "if you know that it was healthy: recall \(id) --force", status: .refused)
  }

  /// An embedded cluster opens what is there and makes what is not.
  @LoopActor
  private func isOnebox(_ session: Session) async throws -> Bool {
    if session.definition?.onebox != nil { return true }
    let cluster = try session.cluster()
    let leader = try await cluster.meta.currentLeader()
    let text = try await cluster.remoteCommand("server-info", [], at: leader)
    return text.lowercased().contains("onebox")
  }
}
