package import PegasusProtocol

/// Restoring a cold backup into a new table.
extension ClusterClient {
  /// Begins a restore: a new table with the partition count of the backup.
  ///
  /// Pegasus 2.0–2.6: a meta server aborts when the backup's `app_metadata` has another table name or id than the request.
  /// Read it first.
  /// - Returns: the id of the new table
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost: look for the new name before another try
  package func startRestore(_ request: ConfigurationRestoreRequest) async throws(ClientError) -> Int32 {
    let name = request.newAppName.isEmpty ? request.appName : request.newAppName
    let action = phrase("restore table '\(name)'")
    let reply = try await meta.send(StartRestore.self, request, repeatable: false, action: action)
    forget(table: name)
    guard reply.err == .ok else {
      throw ClientError(.refused(reply.err, hint: Self.restoreHint(reply.err)), while: action)
    }
    return reply.appid
  }

  /// The server gives no reasons with these.
  private static func restoreHint(_ code: ErrorCode) -> String {
    switch code {
    case .objectNotFound: "there is no such backup on that storage"
    case .invalidParameters: "the provider is not known to the servers, or a table of the new name exists"
    case .corruption: "the backup's app_metadata cannot be read"
    default: ""
    }
  }

  /// How far a restore is.
  package struct RestoreStatus: Sendable, Equatable {
    /// By partition: `ERR_OK`, `ERR_IGNORE_BAD_DATA` for one that was skipped and is empty, or what keeps it.
    package var statuses: [ErrorCode]
    /// By partition, 0 to 1000.
    package var progress: [Int32]

    /// Every partition has its data and a primary. Its secondaries may still be on the way.
    package var isComplete: Bool { !progress.isEmpty && progress.allSatisfy { $0 >= 1000 } }
    /// Of the whole, 0 to 1.
    package var fraction: Double {
      progress.isEmpty ? 0 : Double(progress.reduce(0) { $0 + Int64($1) }) / Double(progress.count) / 1000
    }
  }

  /// - Parameter tableID: of the new table. One that was never restored counts as complete
  /// - Throws: `ClientError`; `ERR_APP_DROPPED` when the restore failed and was taken back
  package func restoreStatus(tableID: Int32) async throws(ClientError) -> RestoreStatus {
    let reply = try await meta.call(
      QueryRestoreStatus.self, ConfigurationQueryRestoreRequest(restoreAppId: tableID),
      action: phrase("query the restore of table \(tableID)"))
    return RestoreStatus(statuses: reply.restoreStatus, progress: reply.restoreProgress)
  }
}
