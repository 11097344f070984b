import JSON
package import PegasusProtocol
package import RPC

/// Manual compaction: all files of a table are rewritten, and what is overwritten, deleted or expired is dropped.
extension ClusterClient {
  /// Asks all replicas to compact. A meta server of 2.4 or later notes its own time as the trigger; for older ones the envs
  /// are set, with the time of this machine.
  ///
  /// - Parameters:
  ///   - bottommost: rewrites the deepest level as well, where files of a bulk load that were ingested behind lie
  ///   - targetLevel: −1 for the deepest one with rows
  ///   - maxRunning: so many partitions of a server at a time; 0 for the server's own limit
  /// - Throws: `ClientError`; `ERR_OPERATION_DISABLED` when `manual_compact.disabled` is set; `outcomeUnknown` when the
  ///   answer was lost: another `compactionTrigger` tells that it was taken
  package func startCompaction(
    table: String, bottommost: Bool, targetLevel: Int32 = -1, maxRunning: Int32 = 0
  ) async throws(ClientError) {
    let action = phrase("compact table '\(table)'")
    do throws(ClientError) {
      _ = try await meta.call(
        StartManualCompact.self,
        StartAppManualCompactRequest(
          appName: table, targetLevel: targetLevel, bottommost: bottommost, maxRunningCount: maxRunning),
        repeatable: false, action: action)
    } catch {
      guard error.code == .handlerNotFound else { throw error }
      // Pegasus 2.0–2.3.
      if try await environment(table: table)["manual_compact.disabled"] == "true" {
        throw ClientError(.refused(.operationDisabled, hint: "manual_compact.disabled is set"), while: action)
      }
      var envs = [
        ("manual_compact.once.target_level", "\(targetLevel)"),
        ("manual_compact.once.bottommost_level_compaction", bottommost ? "force" : "skip"),
        (Self.compactionTriggerKey, "\(WallClock.unixSeconds)"),
      ]
      if maxRunning > 0 { envs.append((Self.compactionLimitKey, "\(maxRunning)")) }
      try await setEnvironment(envs, table: table)
    }
  }

  /// The time that was last asked for, in unix seconds as text; nil when none ever was. Replicas pass over one that is not
  /// later than the end of their last compaction.
  ///
  /// - Throws: `ClientError`
  package func compactionTrigger(table: String) async throws(ClientError) -> String? {
    try await environment(table: table)[Self.compactionTriggerKey]
  }

  /// The mean progress of the replicas as the meta server heard of it (Pegasus 2.4–2.6), which may be half a minute ago.
  ///
  /// - Returns: 0 to 100; nil when all replicas are idle: none was ever asked, or they have not heard of it yet
  /// - Throws: `ClientError`
  package func compactionProgress(table: String) async throws(ClientError) -> Int? {
    let action = phrase("query the compaction of table '\(table)'")
    let reply = try await meta.send(
      QueryManualCompactStatus.self, QueryAppManualCompactRequest(appName: table), action: action)
    switch reply.err {
    case .ok: return Int(reply.progress ?? 0)
    case .invalidState: return nil
    default: throw ClientError(.refused(reply.err, hint: reply.hintMsg), while: action)
    }
  }

  /// Where a table keeps `maxRunning` after its compaction has ended (Pegasus 2.0–2.6).
  package static var compactionLimitKey: String { "manual_compact.max_concurrent_running_count" }

  private static var compactionTriggerKey: String { "manual_compact.once.trigger_time" }

  /// How the replicas of a table on one server stand (Pegasus 2.0–2.6).
  ///
  /// - Returns: nil when the server does not tell
  /// - Throws: `ClientError` when it does not answer
  package func compactions(
    tableID: Int32, at node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) -> [ReplicaCompaction]? {
    try await replicaAnswers(to: "query-compact", tableID: tableID, at: node, timeout: timeout)?.map {
      ReplicaCompaction($0)
    }
  }
}

/// How one replica stands with its manual compaction. Times are texts in the server's own zone, of which no two servers
/// need have the same: they can be compared for being equal.
package struct ReplicaCompaction: Sendable, Equatable {
  package var partition: GPID
  /// As the server names itself.
  package var server: String
  package var isPrimary: Bool
  /// When the last one ended; nil: there was none.
  package var finishedAt: String?
  /// It waits for its turn since.
  package var enqueuedAt: String?
  /// It works since.
  package var startedAt: String?

  package var isIdle: Bool { enqueuedAt == nil && startedAt == nil }

  /// Pegasus 2.6 answers JSON; before, "last finish at [..], last used N ms, recent enqueue at [..], recent start at [..]"
  /// with parts left out.
  package init(_ answer: ReplicaAnswer) {
    partition = answer.partition
    server = answer.server
    isPrimary = answer.isPrimary
    if let json = try? JSONParser.parse(answer.text.utf8), case .object = json {
      func time(_ name: String) -> String? { json[name]?.text.flatMap { $0 == "-" || $0.isEmpty ? nil : $0 } }
      (finishedAt, enqueuedAt, startedAt) = (time("last_finish"), time("recent_enqueue_at"), time("recent_start_at"))
    } else {
      func time(_ name: String) -> String? {
        guard let start = answer.text.firstRange(of: "\(name) [") else { return nil }
        let text = answer.text[start.upperBound...].prefix { $0 != "]" }
        return text == "-" || text.isEmpty ? nil : String(text)
      }
      (finishedAt, enqueuedAt, startedAt) = (time("last finish at"), time("recent enqueue at"), time("recent start at"))
    }
  }
}
