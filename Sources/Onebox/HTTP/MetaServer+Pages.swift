internal import JSON
internal import EventLoop
internal import PegasusProtocol
internal import RPC

extension MetaServer {
  private static let paths =
    Pages.commonPaths + [
      "/envs/list", "/meta/app", "/meta/apps", "/meta/nodes", "/meta/cluster", "/meta/app_envs", "/meta/backup_policy",
      "/meta/app/query_bulk_load",
    ]

  /// Answers a GET. Values in tables are strings, as real servers write them.
  func page(_ request: HTTPRequest) -> HTTPResponse {
    let origin = Pages.Origin(
      cluster: cluster, role: "meta", address: address, settings: cluster.metaSettings, paths: Self.paths)
    if let page = Pages.common(request, origin, { metricEntities }) { return page }
    switch request.path {
    case "/envs/list":
      return Pages.json(.object(EnvironmentRules.keys.map { JSONMember($0, .object([JSONMember]())) }))
    case "/meta/cluster":
      return Pages.json(.object([("cluster", table(clusterFacts))]))
    case "/meta/nodes":
      return Pages.json(
        .object([
          (
            "details",
            .object(
              cluster.nodes.map { node in
                (node.text, table([("address", node.text), ("status", "ALIVE")]))
              })
          )
        ]))
    case "/meta/apps":
      return Pages.json(
        .object([
          (
            "general_info",
            .object(
              cluster.tablesInOrder.map {
                ("\($0.record.id)", table(facts(of: $0)))
              })
          )
        ]))
    case "/meta/backup_policy": return policies(request)
    case "/meta/app/query_bulk_load":
      guard let name = request.parameter("name"), !name.isEmpty else { return Pages.invalid("name is missing") }
      let status = bulkLoads.query(QueryBulkLoadRequest(appName: name))
      return Pages.json(table([("error", status.err.name), ("app_status", status.appStatus.name)]))
    case "/meta/app": return named(request) { self.describe($0) }
    case "/meta/app_envs":
      return named(request) { found in
        let pairs = found.record.environment.sorted { $0.key < $1.key }
        return .object([("app_envs", self.table(pairs.map { ($0.key, $0.value) }))])
      }
    default: return .notFound
    }
  }

  /// Those named between commas, or all.
  private func policies(_ request: HTTPRequest) -> HTTPResponse {
    let names = (request.parameter("name") ?? "").split(separator: ",").map(String.init)
    let answer = backups.query(ConfigurationQueryBackupPolicyRequest(policyNames: names))
    guard answer.err == .ok else { return Pages.invalid(answer.hintMsg ?? answer.err.name) }
    return Pages.json(
      .object(
        answer.policys.map { policy in
          let ids = policy.appIds.sorted().map { "\($0)" }.joined(separator: ", ")
          return (
            policy.policyName,
            table([
              ("name", policy.policyName), ("backup_provider_type", policy.backupProviderType),
              ("backup_interval", policy.backupIntervalSeconds), ("app_ids", "{\(ids)}"),
              ("start_time", policy.startTime), ("status", policy.isDisable ? "disabled" : "enabled"),
              ("backup_history_count", "\(policy.backupHistoryCountToKeep)"),
            ])
          )
        }))
  }

  private func named(_ request: HTTPRequest, _ body: (Table) -> JSONValue) -> HTTPResponse {
    guard let name = request.parameter("name"), !name.isEmpty else { return Pages.invalid("name is missing") }
    guard let found = cluster.table(named: name) else {
      return Pages.invalid("table not found: \(name)")
    }
    return Pages.json(body(found))
  }

  private func table(_ pairs: [(String, String)]) -> JSONValue { .object(pairs.map { ($0.0, .string($0.1)) }) }

  private func facts(of table: Table) -> [(String, String)] {
    let record = table.record
    return [
      ("app_id", "\(record.id)"), ("status", record.status == .available ? "AVAILABLE" : "DROPPED"),
      ("app_name", record.name), ("app_type", "pegasus"), ("partition_count", "\(record.partitionCount)"),
      ("replica_count", "\(record.replicaCount)"), ("is_stateful", "true"),
      ("create_time", WallClock.text(unixSeconds: record.createSecond)),
      ("drop_time", record.dropSecond > 0 ? WallClock.text(unixSeconds: record.dropSecond) : "-"),
      ("drop_expire", record.expireSecond > 0 ? WallClock.text(unixSeconds: record.expireSecond) : "-"),
      ("envs_count", "\(record.environment.count)"),
    ]
  }

  private func describe(_ found: Table) -> JSONValue {
    let general: [(String, String)] = [
      ("app_name", found.record.name), ("app_id", "\(found.record.id)"),
      ("partition_count", "\(found.record.partitionCount)"), ("max_replica_count", "\(found.record.replicaCount)"),
    ]
    let replicas: [(String, JSONValue)] = found.partitions.map { partition in
      let secondaries = cluster.secondaryNodes(of: partition).map { cluster.nodes[$0].text }
      return (
        "\(partition.gpid.partitionIndex)",
        table([
          ("pidx", "\(partition.gpid.partitionIndex)"), ("ballot", "3"),
          ("replica_count", "\(secondaries.count + 1)/\(found.record.replicaCount)"),
          ("primary", cluster.nodes[partition.primary].text),
          ("secondaries", "[\(secondaries.joined(separator: ","))]"),
        ])
      )
    }
    return .object([("general", table(general)), ("replicas", .object(replicas))])
  }
}
