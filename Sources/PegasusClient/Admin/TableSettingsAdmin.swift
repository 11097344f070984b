import PegasusProtocol

/// Settings of one table that have requests of their own.
extension ClusterClient {
  /// A setting before it was changed, and the server's remark ("… since it's unchanged").
  package struct Changed<Value: Sendable>: Sendable {
    package var old: Value
    package var hint: String
  }

  /// How many replicas the partitions of a table want (Pegasus 2.4–2.6).
  ///
  /// - Throws: `ClientError`
  package func replicaCount(table: String) async throws(ClientError) -> Int32 {
    try await meta.call(
      GetMaxReplicaCount.self, ConfigurationGetMaxReplicaCountRequest(appName: table),
      action: phrase("read the replica count of table '\(table)'")
    ).maxReplicaCount
  }

  /// Pegasus 2.4–2.6: the partitions follow one after the other; another change meanwhile is refused.
  ///
  /// - Throws: `ClientError`
  package func setReplicaCount(_ count: Int32, table: String) async throws(ClientError) -> Changed<Int32> {
    let reply = try await meta.call(
      SetMaxReplicaCount.self, ConfigurationSetMaxReplicaCountRequest(appName: table, maxReplicaCount: count),
      action: phrase("set the replica count of table '\(table)'"))
    return Changed(old: reply.oldMaxReplicaCount, hint: reply.hintMessage)
  }

  /// Whether atomic writes are rewritten into idempotent ones (Pegasus 2.6).
  ///
  /// - Throws: `ClientError`
  package func atomicIdempotent(table: String) async throws(ClientError) -> Bool {
    try await meta.call(
      GetAtomicIdempotent.self, ConfigurationGetAtomicIdempotentRequest(appName: table),
      action: phrase("read atomic_idempotent of table '\(table)'")
    ).atomicIdempotent
  }

  /// - Throws: `ClientError`
  package func setAtomicIdempotent(_ isOn: Bool, table: String) async throws(ClientError) -> Changed<Bool> {
    let reply = try await meta.call(
      SetAtomicIdempotent.self, ConfigurationSetAtomicIdempotentRequest(appName: table, atomicIdempotent: isOn),
      action: phrase("set atomic_idempotent of table '\(table)'"))
    return Changed(old: reply.oldAtomicIdempotent, hint: reply.hintMessage)
  }
}
