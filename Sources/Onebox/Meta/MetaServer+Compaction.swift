internal import PegasusProtocol

extension MetaServer {
  /// Writes the `manual_compact.once.*` environment; the replicas act on it at once.
  func startCompaction(_ request: StartAppManualCompactRequest) -> StartAppManualCompactResponse {
    func refused(_ err: ErrorCode, _ hint: String) -> StartAppManualCompactResponse {
      StartAppManualCompactResponse(err: err, hintMsg: hint)
    }
    guard let table = cluster.table(named: request.appName) else {
      return refused(.appNotExist, "app \(request.appName) is not existed")
    }
    if table.settings.compactionDisabled {
      return refused(.operationDisabled, "app \(request.appName) disable manual compaction")
    }
    let level = request.targetLevel ?? -1
    guard level >= -1 else {
      return refused(.invalidParameters, "invalid target_level(\(level)), should in range of [-1, num_levels]")
    }
    let running = request.maxRunningCount ?? 0
    guard running >= 0 else {
      return refused(.invalidParameters, "invalid max_running_count(\(running)), should be greater than 0")
    }
    let before = table.record.environment
    table.record.environment["manual_compact.once.trigger_time"] = "\(request.triggerTime ?? WallClock.unixSeconds)"
    table.record.environment["manual_compact.once.target_level"] = "\(level)"
    table.record.environment["manual_compact.once.bottommost_level_compaction"] =
      request.bottommost ?? false ? "force" : "skip"
    if running > 0 {
      table.record.environment["manual_compact.max_concurrent_running_count"] = "\(running)"
    }
    guard saved() else {
      table.record.environment = before
      return refused(.fileOperationFailed, "cannot keep the change")
    }
    table.environmentChanged()
    return StartAppManualCompactResponse(err: .ok, hintMsg: "succeed")
  }

  /// "Invalid state" when no partition was ever told to compact.
  func compactionProgress(_ request: QueryAppManualCompactRequest) -> QueryAppManualCompactResponse {
    guard let table = cluster.table(named: request.appName) else {
      return QueryAppManualCompactResponse(err: .appNotExist, hintMsg: "app \(request.appName) is not existed")
    }
    let states = table.partitions.map(\.compaction.state)
    guard states.contains(where: { $0 != .idle }) else {
      return QueryAppManualCompactResponse(
        err: .invalidState, hintMsg: "app \(request.appName) is not manual compaction")
    }
    let finished = states.count { $0 == .finished }
    return QueryAppManualCompactResponse(
      err: .ok, hintMsg: "succeed", progress: Int32(finished * 100 / max(states.count, 1)))
  }
}
