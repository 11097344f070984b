package import PegasusProtocol
package import RPC

/// What one replica said to a remote command that is passed on to all replicas of a server.
package struct ReplicaAnswer: Sendable, Equatable {
  package var partition: GPID
  /// As the server names itself.
  package var server: String
  package var isPrimary: Bool
  package var text: String

  /// The replicas in a server's answer: a line `    2.0@host:port@P : text` for each (Pegasus 2.0–2.6). Those that it does
  /// not have are left out.
  package static func all(in answer: String) -> [ReplicaAnswer] {
    answer.split(separator: "\n").compactMap { line in
      guard let colon = line.firstRange(of: " : ") else { return nil }
      let parts = line[..<colon.lowerBound].split(separator: "@").map { $0.filter { $0 != " " } }
      let text = String(line[colon.upperBound...])
      guard parts.count >= 2, let partition = GPID(String(parts[0])), text != "not found" else { return nil }
      return ReplicaAnswer(
        partition: partition, server: parts[1], isPrimary: parts.count > 2 && parts[2] == "P", text: text)
    }
  }
}

extension ClusterClient {
  /// Asks the replicas of a table on one server.
  ///
  /// - Parameter command: without `replica.`, which the names have since 2.1
  /// - Returns: nil when the server does not know the command
  /// - Throws: `ClientError` when it does not answer
  package func replicaAnswers(
    to command: String, tableID: Int32, at node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) -> [ReplicaAnswer]? {
    for name in ["replica.\(command)", command] {
      let text = try await remoteCommand(name, ["\(tableID)"], at: node, timeout: timeout)
      if !text.hasPrefix("unknown command") { return ReplicaAnswer.all(in: text) }
    }
    return nil
  }

  /// Settings that the storage of each replica of a table works with now, `rocksdb.usage_scenario` among them; what was set
  /// reaches replicas with the next config sync.
  ///
  /// - Returns: by replica; nil when the server does not tell
  /// - Throws: `ClientError` when it does not answer
  package func storageSettings(
    tableID: Int32, at node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) -> [(replica: ReplicaAnswer, settings: [String: String])]? {
    try await replicaAnswers(to: "query-app-envs", tableID: tableID, at: node, timeout: timeout)?.map { answer in
      let pairs = answer.text.split(separator: ",").compactMap { pair -> (String, String)? in
        guard let equals = pair.firstIndex(of: "=") else { return nil }
        return (pair[..<equals].filter { $0 != " " }, pair[pair.index(after: equals)...].filter { $0 != " " })
      }
      return (answer, Dictionary(pairs, uniquingKeysWith: { _, last in last }))
    }
  }
}
