internal import PegasusProtocol

extension MetaServer {
  private static let replicaRange: ClosedRange<Int32> = 1...5

  private func missing(_ name: String) -> String { "app(\(name)) does not exist" }

  func replicaCount(
    _ request: ConfigurationGetMaxReplicaCountRequest
  ) -> ConfigurationGetMaxReplicaCountResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ConfigurationGetMaxReplicaCountResponse(err: .appNotExist, hintMessage: missing(request.appName))
    }
    return ConfigurationGetMaxReplicaCountResponse(err: .ok, maxReplicaCount: table.record.replicaCount)
  }

  func setReplicaCount(
    _ request: ConfigurationSetMaxReplicaCountRequest
  ) -> ConfigurationSetMaxReplicaCountResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ConfigurationSetMaxReplicaCountResponse(err: .appNotExist, hintMessage: missing(request.appName))
    }
    let old = table.record.replicaCount
    func answer(_ err: ErrorCode, _ hint: String) -> ConfigurationSetMaxReplicaCountResponse {
      ConfigurationSetMaxReplicaCountResponse(err: err, oldMaxReplicaCount: old, hintMessage: hint)
    }
    let wanted = request.maxReplicaCount
    guard Self.replicaRange.contains(wanted) else {
      return answer(
        .invalidParameters, "requested replica count(\(wanted)) must be within the range of [min=1, max=5]")
    }
    guard wanted <= cluster.nodes.count else {
      return answer(
        .invalidParameters,
        "there are not enough alive replica servers(\(cluster.nodes.count)) for requested replica count(\(wanted))")
    }
    guard wanted != old else { return answer(.ok, "no need to update max_replica_count since it's not changed") }
    table.record.replicaCount = wanted
    guard saved() else {
      table.record.replicaCount = old
      return answer(.fileOperationFailed, "cannot keep the change")
    }
    return answer(.ok, "")
  }

  func atomicIdempotent(
    _ request: ConfigurationGetAtomicIdempotentRequest
  ) -> ConfigurationGetAtomicIdempotentResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ConfigurationGetAtomicIdempotentResponse(err: .appNotExist, hintMessage: missing(request.appName))
    }
    return ConfigurationGetAtomicIdempotentResponse(err: .ok, atomicIdempotent: table.record.atomicIdempotent)
  }

  func setAtomicIdempotent(
    _ request: ConfigurationSetAtomicIdempotentRequest
  ) -> ConfigurationSetAtomicIdempotentResponse {
    guard let table = cluster.table(named: request.appName) else {
      return ConfigurationSetAtomicIdempotentResponse(err: .appNotExist, hintMessage: missing(request.appName))
    }
    let old = table.record.atomicIdempotent
    func answer(_ err: ErrorCode, _ hint: String) -> ConfigurationSetAtomicIdempotentResponse {
      ConfigurationSetAtomicIdempotentResponse(err: err, oldAtomicIdempotent: old, hintMessage: hint)
    }
    guard request.atomicIdempotent != old else {
      return answer(.ok, "no need to update atomic_idempotent since it's unchanged")
    }
    table.record.atomicIdempotent = request.atomicIdempotent
    guard saved() else {
      table.record.atomicIdempotent = old
      return answer(.fileOperationFailed, "cannot keep the change")
    }
    return answer(.ok, "")
  }
}
