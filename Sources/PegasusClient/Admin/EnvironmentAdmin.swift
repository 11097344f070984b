import PegasusProtocol

/// Table environment variables: the server validates keys and values, and applies all of a request or nothing.
extension ClusterClient {
  /// The variables of a table, by key.
  ///
  /// - Throws: `ClientError`
  package func environment(table name: String) async throws(ClientError) -> [String: String] {
    guard let info = try await tableInfo(name) else {
      throw ClientError(.noSuchTable(name), while: phrase("read the environment of table '\(name)'"))
    }
    return info.envs
  }

  /// - Throws: `ClientError`, with the server's hint when it refuses a key or a value
  @discardableResult
  package func setEnvironment(_ pairs: [(String, String)], table name: String) async throws(ClientError) -> String {
    try await updateEnvironment(
      ConfigurationUpdateAppEnvRequest(
        appName: name, op: .set, keys: pairs.map { $0.0 }, values: pairs.map { $0.1 }), verb: "set")
  }

  /// - Returns: the server's account of what was deleted
  /// - Throws: `ClientError`
  @discardableResult
  package func deleteEnvironment(_ keys: [String], table name: String) async throws(ClientError) -> String {
    try await updateEnvironment(
      ConfigurationUpdateAppEnvRequest(appName: name, op: .del, keys: keys), verb: "delete")
  }

  /// - Parameter prefix: deletes the keys that start with it; empty for all keys
  /// - Returns: the server's account of what was deleted
  /// - Throws: `ClientError`
  @discardableResult
  package func clearEnvironment(prefix: String, table name: String) async throws(ClientError) -> String {
    // Pegasus 2.0–2.6: the field must be there even when it is empty.
    try await updateEnvironment(
      ConfigurationUpdateAppEnvRequest(appName: name, op: .clear, clearPrefix: prefix), verb: "clear")
  }

  private func updateEnvironment(_ request: ConfigurationUpdateAppEnvRequest, verb: String)
    async throws(ClientError) -> String
  {
    let action = phrase("\(verb) the environment of table '\(request.appName)'")
    return try await meta.call(UpdateAppEnv.self, request, action: action).hintMessage
  }
}
