package import PegasusProtocol

/// Bulk load: files made elsewhere are handed to the storage of a table (Pegasus 2.1–2.6).
extension ClusterClient {
  /// Begins a load. The meta level becomes steady and stays so.
  ///
  /// - Returns: the server's remark
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost: look at `bulkLoadStatus` before another try
  @discardableResult
  package func startBulkLoad(_ request: StartBulkLoadRequest) async throws(ClientError) -> String {
    try await meta.call(
      StartBulkLoad.self, request, repeatable: false,
      action: phrase("start the bulk load of table '\(request.appName)'")
    ).hintMsg
  }

  /// Pauses, goes on or cancels. Answered at once; the effect is seen in `bulkLoadStatus`.
  ///
  /// - Returns: the server's remark
  /// - Throws: `ClientError`; `ERR_INACTIVE_STATE` when nothing is being loaded, `ERR_INVALID_STATE` in the wrong state
  @discardableResult
  package func controlBulkLoad(_ control: BulkLoadControlType, table: String) async throws(ClientError) -> String {
    let verb =
      switch control {
      case .pause: "pause"
      case .restart: "go on with"
      case .forceCancel: "force the cancellation of"
      default: "cancel"
      }
    return try await meta.call(
      ControlBulkLoad.self, ControlBulkLoadRequest(appName: table, type: control),
      action: phrase("\(verb) the bulk load of table '\(table)'")
    ).hintText
  }

  /// The present load, or the last one's result. Once it has failed, `err` of the answer is the cause, which is no error
  /// of the query.
  ///
  /// - Throws: `ClientError`; for a table that does not exist, too
  package func bulkLoadStatus(table: String) async throws(ClientError) -> QueryBulkLoadResponse {
    let action = phrase("query the bulk load of table '\(table)'")
    let reply = try await meta.send(QueryBulkLoadStatus.self, QueryBulkLoadRequest(appName: table), action: action)
    switch reply.err {
    case .appNotExist, .appDropped, .aclDeny, .underRecovery:
      throw ClientError(.refused(reply.err, hint: reply.hintText), while: action)
    default: return reply
    }
  }

  /// Forgets the result of the last load (Pegasus 2.4–2.6).
  ///
  /// - Returns: the server's remark
  /// - Throws: `ClientError`; `ERR_INVALID_STATE` during a load
  @discardableResult
  package func clearBulkLoad(table: String) async throws(ClientError) -> String {
    try await meta.call(
      ClearBulkLoad.self, ClearBulkLoadStateRequest(appName: table),
      action: phrase("clear the bulk load of table '\(table)'")
    ).hintMsg
  }
}
