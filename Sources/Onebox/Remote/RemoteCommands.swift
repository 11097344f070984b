internal import JSON
internal import EventLoop
internal import PegasusProtocol
internal import StorageEngine

/// The commands that operators send to one server; every answer is text.
@LoopActor
struct RemoteCommands {
  private enum Target {
    case meta(MetaServer)
    case replica(ReplicaServer)
  }

  private struct Entry {
    var names: [String]
    let help: String
    let arguments: String
    let run: @LoopActor (RemoteCommands, [String]) -> String
  }

  private let target: Target

  init(meta: MetaServer) { target = .meta(meta) }
  init(replica: ReplicaServer) { target = .replica(replica) }

  private var cluster: Cluster {
    switch target {
    case .meta(let meta): meta.cluster
    case .replica(let replica): replica.cluster
    }
  }

  private var settings: RemoteSettings {
    switch target {
    case .meta: cluster.metaSettings
    case .replica(let replica): replica.settings
    }
  }

  /// Runs a command; one that does not exist is told so in the text.
  func run(_ command: Command) -> String {
    if let answer = settings.run(command.cmd, command.arguments) { return answer }
    guard let entry = entries.first(where: { $0.names.contains(command.cmd) }) else {
      return "unknown command '\(command.cmd)'"
    }
    return entry.run(self, command.arguments)
  }

  // MARK: The list

  private var entries: [Entry] {
    var entries = Self.common
    if case .replica = target { entries += Self.replicaOnly }
    return entries
  }

  private static let common: [Entry] = [
    Entry(names: ["help", "h", "H", "Help"], help: "Display help information", arguments: "[command]") {
      $0.help($1)
    },
    Entry(names: ["flush-log"], help: "Flush log to stderr or file", arguments: "") { _, _ in "Flush done." },
    Entry(
      names: ["perf-counters"],
      help: "Query perf counters, filtered by OR of POSIX basic regular expressions",
      arguments: "[regexp]..."
    ) { _, _ in noCounters },
    Entry(
      names: ["perf-counters-by-postfix"], help: "Query perf counters, filtered by OR of postfix strings",
      arguments: "[postfix]..."
    ) { _, _ in noCounters },
    Entry(
      names: ["perf-counters-by-prefix"], help: "Query perf counters, filtered by OR of prefix strings",
      arguments: "[prefix]..."
    ) { _, _ in noCounters },
    Entry(
      names: ["perf-counters-by-substr"], help: "Query perf counters, filtered by OR of substrs",
      arguments: "[substr]..."
    ) { _, _ in noCounters },
    Entry(names: ["server-info"], help: "Query server information", arguments: "") { commands, _ in
      commands.serverInfo
    },
    Entry(names: ["server-stat"], help: "Query selected perf counters", arguments: "") { commands, _ in
      commands.serverStat
    },
  ]

  private static let replicaOnly: [Entry] = [
    Entry(
      names: ["replica.kill_partition"],
      help: "Kill partitions by (all, one app, one partition)", arguments: "[app_id [partition_index]]"
    ) { commands, arguments in commands.killPartitions(arguments) },
    Entry(
      names: ["replica.query-app-envs"],
      help: "Query app envs on the underlying storage engine by app_id or app_id.partition_id",
      arguments: "[id1,id2,...]"
    ) { commands, arguments in commands.forEachReplica(arguments) { commands.environment(of: $0) } },
    Entry(
      names: ["replica.query-compact"],
      help: "Query full compact status on the underlying storage engine by app_id or app_id.partition_id",
      arguments: "[id1,id2,...]"
    ) { commands, arguments in commands.forEachReplica(arguments) { commands.compaction(of: $0) } },
    Entry(
      names: ["replica.trigger-checkpoint"], help: "Trigger replicas to do checkpoint by app_id or app_id.partition_id",
      arguments: "[id1,id2,...]"
    ) { commands, arguments in commands.forEachReplica(arguments) { $0.triggerFlush() } },
  ]

  private static var noCounters: String {
    let now = WallClock.unixSeconds
    return JSONValue.object([
      ("result", .string("OK")), ("timestamp", .integer(now)),
      ("timestamp_str", .string(WallClock.text(unixSeconds: now))),
      ("counters", .array([])),
    ]).compact
  }

  // MARK: All servers

  private func help(_ arguments: [String]) -> String {
    guard let name = arguments.first else {
      let lines =
        entries.map { ($0.names.joined(separator: "|"), $0.help) }
        + settings.names.map { ($0, settings.setting($0)?.help ?? "") }
      // Help comes first, the others in order.
      return lines.sorted { ($0.0.hasPrefix("help|") ? 0 : 1, $0.0) < ($1.0.hasPrefix("help|") ? 0 : 1, $1.0) }
        .map { "\($0.0) - \($0.1)\n" }.joined()
    }
    if let setting = settings.setting(name) { return "\(name) - \(setting.help)\n\(name) \(setting.arguments)\n" }
    guard let entry = entries.first(where: { $0.names.contains(name) }) else {
      return "cannot find command '\(name)'"
    }
    let names = entry.names.joined(separator: "|")
    return "\(names) - \(entry.help)\n\(names) \(entry.arguments)\n"
  }

  private var serverInfo: String {
    JSONValue.object([
      ("build_type", .string(OneboxVersion.buildType)), ("git_SHA", .string(OneboxVersion.commit)),
      ("start_time", .string(WallClock.text(unixSeconds: cluster.startSecond))),
      ("version", .string(OneboxVersion.text)),
    ]).compact
  }

  /// The counters that servers up to 2.5 show here; what a onebox does not have is "not_found", as all of them are on 2.6.
  private var serverStat: String {
    var known: [String: String] = [:]
    let memory = ProcessMemory.now
    known["replica*server*memused.res(MB)"] = "\(memory.residentBytes >> 20)"
    known["replica*server*memused.virt(MB)"] = "\(memory.virtualBytes >> 20)"
    if case .replica(let replica) = target {
      known["replica*eon.replica_stub*replica(Count)"] = "\(replica.replicas.count)"
      known["replica*eon.replica_stub*opening.replica(Count)"] = "0"
      known["replica*eon.replica_stub*closing.replica(Count)"] = "0"
      known["replica*eon.replica_stub*disk.capacity.total(MB)"] = "\(cluster.disk.totalBytes >> 20)"
      known["replica*app.pegasus*rdb.block_cache.memory_usage"] = "\(cluster.blockCache.usage)"
      known["replica*app.pegasus*manual.compact.enqueue.count"] = "\(cluster.compactions.queued)"
      known["replica*app.pegasus*manual.compact.running.count"] = "\(cluster.compactions.running)"
    }
    return Self.statNames.map { "\($0)=\(known[$0] ?? "not_found")" }.joined(separator: ", ")
  }

  private static let statNames =
    [
      "replica*app.pegasus*manual.compact.enqueue.count", "replica*app.pegasus*manual.compact.running.count",
      "replica*app.pegasus*rdb.block_cache.memory_usage", "replica*eon.replica_stub*closing.replica(Count)",
      "replica*eon.replica_stub*disk.available.max.ratio", "replica*eon.replica_stub*disk.available.min.ratio",
      "replica*eon.replica_stub*disk.available.total.ratio", "replica*eon.replica_stub*disk.capacity.total(MB)",
      "replica*eon.replica_stub*opening.replica(Count)", "replica*eon.replica_stub*replica(Count)",
      "replica*eon.replica_stub*replicas.commit.qps", "replica*eon.replica_stub*replicas.learning.count",
      "replica*server*memused.res(MB)", "replica*server*memused.virt(MB)",
    ]
    + ["BATCH_GET", "GET", "MULTI_GET", "MULTI_PUT", "PUT"].flatMap {
      ["zion*profiler*RPC_RRDB_RRDB_\($0).latency.server", "zion*profiler*RPC_RRDB_RRDB_\($0).qps"]
    }

  // MARK: Replica servers

  /// One line for each replica here that an argument names, all without arguments.
  private func forEachReplica(_ arguments: [String], _ text: (Partition) -> String) -> String {
    guard case .replica(let replica) = target else { return "" }
    let ids = arguments.flatMap { $0.split(separator: ",").map(String.init) }
    let held = replica.replicas
    var chosen: [Partition] = []
    var missing: [String] = []
    for id in ids {
      if let gpid = GPID(id) {
        let found = held.filter { $0.gpid == gpid }
        if found.isEmpty { missing.append(id) }
        chosen += found
      } else if let tableID = Int32(id) {
        chosen += held.filter { $0.gpid.appID == tableID }
      } else {
        return "invalid arguments"
      }
    }
    if ids.isEmpty { chosen = held }
    let name = replica.address.text
    var lines = ["\(chosen.count) processed, \(missing.count) not found"]
    for partition in chosen {
      let role = partition.primary == replica.index ? "P" : "S"
      lines.append("    \(partition.gpid)@\(name)@\(role) : \(text(partition))")
    }
    lines += missing.map { "    \($0)@\(name) : not found" }
    return lines.joined(separator: "\n")
  }

  /// Closes and opens again the partitions whose primary is here: what can only be set while they open takes effect.
  private func killPartitions(_ arguments: [String]) -> String {
    guard case .replica(let replica) = target else { return ErrorCode.invalidState.name }
    let numbers = arguments.compactMap { Int32($0) }
    guard arguments.count <= 2, numbers.count == arguments.count else { return ErrorCode.invalidParameters.name }
    let chosen = replica.replicas.filter { partition in
      partition.primary == replica.index && (numbers.isEmpty || partition.gpid.appID == numbers[0])
        && (numbers.count < 2 || partition.gpid.partitionIndex == numbers[1])
    }
    guard !chosen.isEmpty || numbers.isEmpty else { return ErrorCode.objectNotFound.name }
    for partition in chosen { partition.openAgain() }
    return ErrorCode.ok.name
  }

  private func environment(of partition: Partition) -> String {
    let plan = partition.storageOptions
    return "rocksdb.num_levels=\(plan.levels),rocksdb.usage_scenario=\(partition.scenario.rawValue),"
      + "rocksdb.write_buffer_size=\(plan.writeBufferSize)"
  }

  private func compaction(of partition: Partition) -> String {
    let state = partition.compaction
    func time(_ milliseconds: Int64) -> JSONValue {
      .string(milliseconds > 0 ? WallClock.text(unixSeconds: milliseconds / 1000) : "-")
    }
    return JSONValue.object([
      ("last_finish", time(max(state.finishMilliseconds, partition.store?.lastManualCompaction ?? 0))),
      ("last_used_ms", .string(state.finishMilliseconds > 0 ? "\(state.usedMilliseconds)" : "-")),
      ("recent_enqueue_at", time(state.enqueueMilliseconds)),
      ("recent_start_at", time(state.startMilliseconds)),
    ]).compact
  }
}
