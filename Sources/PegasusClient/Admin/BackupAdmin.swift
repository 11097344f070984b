package import PegasusProtocol

/// Cold backups: asked for once, or by policies that repeat them.
extension ClusterClient {
  /// A backup that has begun.
  package struct StartedBackup: Sendable, Equatable {
    /// Unix milliseconds of its start; also the name of its directory.
    package var id: Int64
    /// The server's remark.
    package var hint: String
  }

  /// Begins a backup of one table (Pegasus 2.3–2.6). The state of it lives in the memory of the leading meta server: after
  /// another one took over, nobody goes on with it and nobody knows of it.
  ///
  /// - Parameter path: a directory in front of everything else; nil for none. A provider whose configuration has a root
  ///   of its own refuses it
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost: look at `backups(ofTable:)` before another try
  package func startBackup(
    tableID: Int32, provider: String, path: String? = nil
  ) async throws(ClientError) -> StartedBackup {
    let reply = try await meta.call(
      StartBackupApp.self,
      StartBackupAppRequest(backupProviderType: provider, appId: tableID, backupPath: path), repeatable: false,
      action: phrase("start a backup of table \(tableID)"))
    return StartedBackup(id: reply.backupId ?? 0, hint: reply.hintMessage)
  }

  /// The backups of a table that the leading meta server remembers (Pegasus 2.3–2.6), of which one runs at most: its
  /// `endTimeMs` is 0. Empty when it knows none.
  ///
  /// - Parameter id: only that one
  /// - Throws: `ClientError`
  package func backups(ofTable tableID: Int32, id: Int64? = nil) async throws(ClientError) -> [BackupItem] {
    let action = phrase("query the backups of table \(tableID)")
    let reply = try await meta.send(
      QueryBackupStatus.self, QueryBackupStatusRequest(appId: tableID, backupId: id), action: action)
    switch reply.err {
    case .ok: return reply.backupItems ?? []
    // What servers answer when they know of none.
    case .invalidParameters: return []
    default: throw ClientError(.refused(reply.err, hint: reply.hintMessage), while: action)
    }
  }

  // MARK: Policies

  /// Adds a policy: its tables are backed up for the first time as soon as its start time allows (Pegasus 2.0–2.6).
  ///
  /// - Throws: `ClientError`
  package func addBackupPolicy(_ request: ConfigurationAddBackupPolicyRequest) async throws(ClientError) {
    _ = try await meta.call(
      AddBackupPolicy.self, request, repeatable: false, action: phrase("add the backup policy '\(request.policyName)'"))
  }

  /// A policy and the backups it made.
  package struct BackupPolicy: Sendable, Equatable {
    package var policy: PolicyEntry
    package var backups: [BackupEntry]
  }

  /// - Parameters:
  ///   - names: of the policies; none for all
  ///   - backupCount: how many of the latest backups of each are told
  /// - Throws: `ClientError`; names that do not exist are an error only when none of them does
  package func backupPolicies(
    _ names: [String] = [], backupCount: Int32 = 0
  ) async throws(ClientError) -> [BackupPolicy] {
    let reply = try await meta.call(
      QueryBackupPolicy.self,
      ConfigurationQueryBackupPolicyRequest(policyNames: names, backupInfoCount: backupCount),
      action: phrase("query the backup policies"))
    return reply.policys.enumerated().map { index, policy in
      BackupPolicy(policy: policy, backups: index < reply.backupInfos.count ? reply.backupInfos[index] : [])
    }
  }

  /// Changes what the request holds. Servers pass over table ids that do not exist and values they do not like.
  ///
  /// - Returns: the server's remark
  /// - Throws: `ClientError`; `ERR_BUSY` for disabling a policy during a backup without `forceDisable` (Pegasus 2.6)
  @discardableResult
  package func modifyBackupPolicy(
    _ request: ConfigurationModifyBackupPolicyRequest
  ) async throws(ClientError) -> String {
    try await meta.call(
      ModifyBackupPolicy.self, request, action: phrase("modify the backup policy '\(request.policyName)'")
    ).hintMessage
  }
}
