import EventLoop
package import PegasusProtocol

/// Tables: what exists, and making, dropping, recalling and renaming them.
extension ClusterClient {
  /// - Parameter status: only tables in this state; `.invalid` for all of them, dropped ones included
  /// - Throws: `ClientError`
  package func listTables(
    status: AppStatus = .available, pattern: String? = nil, match: PatternMatchType? = nil, timeout: Duration? = nil
  ) async throws(ClientError) -> [AppInfo] {
    // Pegasus 2.6 filters by name only when both fields are there; older servers ignore both, so it is filtered here too.
    var request = ConfigurationListAppsRequest(status: status)
    if let pattern, let match {
      request.appNamePattern = pattern
      request.matchType = match
    }
    let reply = try await meta.call(ListApps.self, request, timeout: timeout, action: phrase("list the tables"))
    guard let pattern, let match else { return reply.infos }
    return reply.infos.filter { match.matches($0.appName, pattern) }
  }

  /// The table of this name, if it is there and available.
  ///
  /// - Throws: `ClientError`
  package func tableInfo(_ name: String, timeout: Duration? = nil) async throws(ClientError) -> AppInfo? {
    try await listTables(status: .available, pattern: name, match: .matchExact, timeout: timeout).first
  }

  /// Creates a table. Environment variables that some servers cannot take at creation are set right afterwards.
  ///
  /// Pegasus 2.6: every replica server crashes, and goes on crashing, when `default_ttl` is among the envs of the create
  /// request, so that one is never sent there.
  /// - Returns: the table's id
  /// - Throws: `ClientError`; `outcomeUnknown` when the answer was lost and `successIfExists` is off
  package func createTable(
    _ name: String, partitionCount: Int32, replicaCount: Int32, successIfExists: Bool = true,
    environment: [String: String] = [:], atomicIdempotent: Bool = false
  ) async throws(ClientError) -> Int32 {
    var atCreation = environment
    let later = atCreation.removeValue(forKey: Self.defaultTTL)
    let request = ConfigurationCreateAppRequest(
      appName: name,
      options: CreateAppOptions(
        partitionCount: partitionCount, replicaCount: replicaCount, successIfExist: successIfExists,
        appType: "pegasus", isStateful: true, envs: atCreation, atomicIdempotent: atomicIdempotent))
    let action = "create table '\(name)' in cluster '\(self.name)'"
    let reply = try await retryWhileBusy { () async throws(ClientError) in
      do throws(ClientError) {
        return try await self.meta.call(CreateApp.self, request, repeatable: successIfExists, action: action)
      } catch {
        // The server gives no reason with this code.
        guard error.code == .invalidParameters else { throw error }
        let hint =
          "the partition count, the replica count (more than there are replica servers?) or an environment variable is "
          + "refused, or a table of this name exists with other settings"
        throw ClientError(.refused(.invalidParameters, hint: hint), while: action)
      }
    }
    forget(table: name)
    if let later { try await setEnvironment([(Self.defaultTTL, later)], table: name) }
    return reply.appid
  }

  private static var defaultTTL: String { "default_ttl" }

  /// How far a new table has come.
  package struct Readiness: Sendable {
    package var ready: Int
    package var total: Int
    package var isComplete: Bool { ready == total }
  }

  /// Counts the partitions that have a primary and all of the replicas the table wants.
  ///
  /// - Throws: `ClientError`
  package func readiness(table name: String, replicaCount: Int32) async throws(ClientError) -> Readiness {
    let partitions = try await table(name).router.refresh().partitions
    return Readiness(
      ready: partitions.count { $0.primary != nil && $0.replicaCount >= Int(replicaCount) }, total: partitions.count)
  }

  /// - Parameter reserveSeconds: how long the data is kept for a recall; `nil` for the server's default
  /// - Throws: `ClientError`; a table that does not exist is refused
  package func dropTable(_ name: String, reserveSeconds: Int64? = nil) async throws(ClientError) {
    let request = ConfigurationDropAppRequest(
      appName: name, options: DropAppOptions(successIfNotExist: false, reserveSeconds: reserveSeconds))
    _ = try await retryWhileBusy { () async throws(ClientError) in
      try await self.meta.call(
        DropApp.self, request, repeatable: false, action: "drop table '\(name)' of cluster '\(self.name)'")
    }
    forget(table: name)
  }

  /// Brings a dropped table back.
  ///
  /// Pegasus 2.6: recalling a table that was dropped before its partitions were healthy aborts every replica server. Such a
  /// table is recognised by partitions whose ballot never rose, and refused.
  /// - Parameter newName: empty for the old name
  /// - Throws: `ClientError`
  package func recallTable(id: Int32, newName: String = "") async throws(ClientError) -> AppInfo {
    let action = "recall table \(id) of cluster '\(name)'"
    let reply = try await retryWhileBusy { () async throws(ClientError) in
      try await self.meta.call(
        RecallApp.self, ConfigurationRecallAppRequest(appId: id, newAppName: newName), repeatable: false,
        action: action)
    }
    forget(table: reply.info.appName)
    return reply.info
  }

  /// Renames a table and waits until the cluster knows it by the new name alone.
  ///
  /// Pegasus 2.5–2.6 answer before the change is durable; a rename right afterwards would act on the old name.
  /// - Throws: `ClientError`
  package func renameTable(_ old: String, to new: String) async throws(ClientError) {
    let action = "rename table '\(old)' of cluster '\(name)'"
    _ = try await meta.call(
      RenameApp.self, ConfigurationRenameAppRequest(oldAppName: old, newAppName: new), repeatable: false,
      action: action)
    forget(table: old)
    forget(table: new)
    let deadline = ContinuousClock.now + options.metaTimeout
    while ContinuousClock.now < deadline {
      let names = Set(try await listTables().map(\.appName))
      if names.contains(new) && !names.contains(old) { return }
      do { try await loopSleep(.milliseconds(200)) } catch { throw ClientError(.cancelled, while: action) }
    }
    throw ClientError(
      .outcomeUnknown(last: "the rename was accepted, but 'ls' does not show '\(new)' alone yet"), while: action)
  }

  /// The old client's rule: up to 3 attempts, 10 s apart, while the table is being created or dropped.
  private func retryWhileBusy<R: Sendable>(_ body: () async throws(ClientError) -> R) async throws(ClientError) -> R {
    var attempt = 0
    while true {
      attempt += 1
      do throws(ClientError) {
        return try await body()
      } catch {
        guard attempt < 3, error.code == .busyCreating || error.code == .busyDropping else { throw error }
        do { try await loopSleep(.seconds(10)) } catch is CancellationError {
          throw ClientError(.cancelled, while: error.action)
        } catch {}
      }
    }
  }
}

extension PatternMatchType {
  /// As Pegasus 2.6 matches names: a plain comparison of bytes.
  package func matches(_ name: String, _ pattern: String) -> Bool {
    switch self {
    case .matchExact: name == pattern
    case .matchAnywhere: pattern.isEmpty || name.utf8.firstRange(of: pattern) != nil
    case .matchPrefix: name.hasPrefix(pattern)
    case .matchPostfix: name.hasSuffix(pattern)
    default: true
    }
  }
}

extension String.UTF8View {
  fileprivate func firstRange(of pattern: String) -> Range<Index>? {
    let wanted = Array(pattern.utf8)
    guard wanted.count <= count else { return nil }
    var start = startIndex
    while let end = index(start, offsetBy: wanted.count, limitedBy: endIndex) {
      if self[start..<end].elementsEqual(wanted) { return start..<end }
      if start == endIndex { return nil }
      formIndex(after: &start)
    }
    return nil
  }
}
