/// What the tables' environments do to a copy.
extension PreflightJudge {
  /// Those that a table usually carries over; the others belong to its cluster.
  private static let carried = [
    "default_ttl", "business.info", "user_specified_compaction", "replica.slow_query_threshold",
    "replica.rocksdb_iteration_threshold_time_ms", "replica.rocksdb_block_cache_enabled", "rocksdb.num_levels",
    "rocksdb.write_buffer_size", "rocksdb.checkpoint.reserve_min_count", "rocksdb.checkpoint.reserve_time_seconds",
  ]

  mutating func judgeEnvironment() {
    judgeDenial()
    judgeDefaultTTL()
    judgeThrottling()
    judgeStorage()
    let missing = Self.carried.filter { source.variable($0) != nil && target.variable($0) == nil }
    if target.environment.value != nil, !missing.isEmpty {
      add(
        .note, .environment, "the source has \(missing.joined(separator: ", ")), the target has not",
        advice: "a copy carries rows, not environments; 'set_app_envs' sets them")
    }
    if source.environment.value != nil, target.environment.value != nil, isClean(.environment, .throttling) {
      add(.pass, .environment, "nothing in the tables' environments stands in the way")
    }
  }

  private mutating func judgeDenial() {
    let way = "'del_app_envs replica.deny_client_request' lets them again"
    if let deny = source.variable("replica.deny_client_request"), !deny.hasSuffix("*write") {
      add(.blocker, .environment, "\(source.title) refuses reads: replica.deny_client_request is \(deny)", advice: way)
    }
    if let deny = target.variable("replica.deny_client_request"), !deny.hasSuffix("*read") {
      add(.blocker, .environment, "\(target.title) refuses writes: replica.deny_client_request is \(deny)", advice: way)
    }
    // Pegasus 2.0–2.3.
    if target.isTrue("replica.deny_client_write") {
      add(
        .blocker, .environment, "\(target.title) refuses writes: replica.deny_client_write is true",
        advice: "'del_app_envs replica.deny_client_write' lets them again")
    }
    if let users = target.variable("replica_access_controller.allowed_users") {
      add(.note, .environment, "\(target.title) lets these users in: \(users)")
    }
  }

  private mutating func judgeDefaultTTL() {
    guard let seconds = target.variable("default_ttl").flatMap({ Int64($0) }), seconds > 0 else { return }
    let which = options.dropsExpiry ? "every copied row" : "rows without an expiry"
    let permanent = facts.sample.map { $0.rows - $0.expiringRows }
    let sampled =
      options.dropsExpiry ? "" : permanent.map { " (\($0) of the \(facts.sample?.rows ?? 0) rows of a sample)" } ?? ""
    add(
      .warning, .environment,
      "the target's default_ttl gives \(which) one of \(seconds) s\(sampled), and they are gone after that",
      advice: "'del_app_envs default_ttl' on the target keeps them as they are on the source")
  }

  private mutating func judgeThrottling() {
    let kinds = [
      (target, "replica.write_throttling", "requests/s"), (target, "replica.write_throttling_by_size", "bytes/s"),
      (source, "replica.read_throttling", "requests/s"), (source, "replica.read_throttling_by_size", "bytes/s"),
    ]
    for (side, key, unit) in kinds {
      guard let text = side.variable(key) else { continue }
      let units = Throttling(text)?.unitsPerSecond.map { " (\(Int64(min($0, 9e18))) \(unit), all partitions together)" }
      let isRefusing = Throttling(text)?.rejects == true
      add(
        .warning, .throttling, "\(side.title) is throttled: \(key) is \(text)\(units ?? "")",
        advice: isRefusing
          ? "what is refused is tried again; a limit of the copy below it spares the servers that"
          : "it slows the copy down"
      )
    }
    for (option, limit, key) in [
      ("--max_rows_per_second", options.maxRowsPerSecond, "replica.write_throttling"),
      ("--max_mb_per_second", options.maxBytesPerSecond, "replica.write_throttling_by_size"),
    ] {
      if let limit, let units = Throttling(target.variable(key))?.unitsPerSecond, limit > units {
        add(.note, .throttling, "\(option) is above what the target's \(key) lets through")
      }
    }
  }

  private mutating func judgeStorage() {
    switch target.variable("rocksdb.usage_scenario") {
    case "bulk_load":
      add(
        .note, .environment,
        "the target's rocksdb.usage_scenario is bulk_load: fast to fill, slow to read until it is 'normal' again")
    case "prefer_write": add(.note, .environment, "the target's rocksdb.usage_scenario is prefer_write")
    default: break
    }
    if source.variable("rocksdb.usage_scenario") == "bulk_load" {
      add(.note, .environment, "the source's rocksdb.usage_scenario is bulk_load: reading it is slow")
    }
    if target.isTrue("rocksdb.allow_ingest_behind") {
      add(
        .note, .environment, "the target allows ingestion behind its rows: files loaded later lie below the copied rows"
      )
    }
    if let rules = target.variable("user_specified_compaction"), !rules.isEmpty {
      add(
        .warning, .environment,
        "the target's user_specified_compaction rewrites or deletes rows by rules of its own: \(rules.prefix(120))",
        advice: "a verify of the copy will show what it took")
    }
    if let limit = source.variable("replica.rocksdb_iteration_threshold_time_ms").flatMap({ Int64($0) }), limit > 0,
      limit < 100
    {
      add(
        .warning, .environment,
        "the source's replica.rocksdb_iteration_threshold_time_ms is \(limit): scans are cut short and may find no row",
        advice: "raise it on the source for the time of the copy")
    }
  }
}
