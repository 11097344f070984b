/// Whether the clusters can do it: servers, partitions, releases, what else goes on.
extension PreflightJudge {
  mutating func judgeHealth() {
    let chosen = options.partitions.map { Set($0) }
    let unreadable = source.unreadable.filter { chosen?.contains($0) ?? true }
    if !unreadable.isEmpty {
      add(
        .blocker, .health, "\(Self.listed(unreadable)) of \(source.title) without a primary: the rows cannot be read",
        advice: "wait for the cluster to recover, or leave them out with --partition")
    }
    let unhealthy = source.unhealthy.filter { chosen?.contains($0) ?? true && !unreadable.contains($0) }
    if !unhealthy.isEmpty {
      add(.warning, .health, "\(Self.listed(unhealthy)) of \(source.title) with fewer replicas than wanted")
    }
    for side in [target] + [facts.geo].compactMap({ $0 }) {
      if !side.unwritable.isEmpty {
        add(
          .blocker, .health, "\(Self.listed(side.unwritable)) of \(side.title) take no writes",
          advice: "'app \(side.table) -d' and 'nodes' show what is missing")
      }
      let poor = side.unhealthy.filter { !side.unwritable.contains($0) }
      if !poor.isEmpty {
        add(.warning, .health, "\(Self.listed(poor)) of \(side.title) with fewer replicas than wanted")
      }
    }
    if isClean(.health) { add(.pass, .health, "every partition has all of its replicas") }
    for side in [source, target] {
      if let dead = side.deadServers.value, !dead.isEmpty {
        add(.warning, .servers, "of cluster '\(side.cluster)' \(dead.joined(separator: ", ")) is down")
      }
      judgeMetaLevel(side)
    }
    if isClean(.servers), let sources = source.aliveServers.value, let targets = target.aliveServers.value {
      add(.pass, .servers, "all replica servers are up: \(sources) of the source, \(targets) of the target")
    }
  }

  private mutating func judgeMetaLevel(_ side: PreflightSide) {
    switch side.metaLevel.value {
    case "stopped", "blind", "freezed":
      add(
        .warning, .metaLevel,
        "the meta level of cluster '\(side.cluster)' is \(side.metaLevel.value ?? ""): when a server fails, its partitions "
          + "stay without a primary", advice: "'set_meta_level steady' lets the cluster repair itself")
    case "lively":
      add(
        .note, .metaLevel,
        "the meta level of cluster '\(side.cluster)' is lively: partitions may move while the copy runs",
        advice: "'set_meta_level steady' keeps them where they are")
    default: break
    }
  }

  mutating func judgeVersions() {
    for side in [source, target] {
      if let versions = side.versions.value, versions.count > 1 {
        add(
          .note, .versions,
          "the servers of cluster '\(side.cluster)' are of releases \(versions.joined(separator: ", "))"
        )
      }
    }
    let oldest = source.versions.value?.compactMap(Self.release).min { $0 < $1 }
    let isTooOld = oldest.map { $0 < (2, 3) } == true || facts.sample?.hasExpiry == false
    if options.needsExpiry && isTooOld {
      add(
        .blocker, .expiry,
        "the source's servers (before 2.3) do not send the expiry of rows: every copied row would become permanent",
        advice: "add --no_ttl if that is wanted")
    }
    if let mine = source.dataVersions.value, let theirs = target.dataVersions.value, mine != theirs {
      add(
        .note, .versions,
        "data version \(mine.joined(separator: ", ")) on the source, \(theirs.joined(separator: ", ")) on the target: the "
          + "copy writes by the target's")
    }
    if let mine = source.versions.value, let theirs = target.versions.value, isClean(.versions, .expiry) {
      add(
        .pass, .versions,
        "releases \(mine.joined(separator: ", ")) on the source, \(theirs.joined(separator: ", ")) on the target")
    }
  }

  /// Major and minor number of "2.6.0-SNAPSHOT".
  private static func release(_ text: String) -> (Int, Int)? {
    let parts = text.split(separator: ".")
    guard parts.count > 1, let major = Int(parts[0]), let minor = Int(parts[1].prefix { $0.isNumber }) else {
      return nil
    }
    return (major, minor)
  }

  // MARK: What else goes on

  mutating func judgeActivity() {
    for side in [source, target] {
      if side.isSplitting.value == true || !side.splitting.isEmpty {
        add(
          .blocker, .activity, "a partition split of \(side.title) is under way",
          advice: "wait until it has ended: a copy of a table whose partitions change cannot account for its rows")
      }
    }
    if target.isBulkLoading.value == true {
      add(
        .blocker, .activity, "a bulk load into \(target.title) is under way: it refuses writes while it ingests",
        advice: "wait until it has ended, or cancel it")
    }
    if source.isBulkLoading.value == true {
      add(.warning, .activity, "a bulk load into \(source.title) is under way: some of its rows will be missed")
    }
    if let to = source.duplications.value, !to.isEmpty {
      add(
        .note, .activity,
        "\(source.title) is duplicated to \(to.joined(separator: ", ")): the duplication goes on beside the copy")
    }
    judgeTargetDuplication()
    if isClean(.activity) && source.isSplitting.value == false && target.isSplitting.value == false {
      add(.pass, .activity, "no split and no bulk load is under way")
    }
  }

  private mutating func judgeTargetDuplication() {
    if let master = target.variable("duplication.master_cluster") {
      add(
        .warning, .activity,
        "\(target.title) receives a duplication from '\(master)': its writes and the copy's overtake each other",
        advice: "end the duplication first, unless the copy is meant to fill what it leaves out")
    }
    guard let to = target.duplications.value, !to.isEmpty else { return }
    let goes = "\(target.title) is duplicated to \(to.joined(separator: ", "))"
    // Pegasus 2.0–2.6: atomic writes are refused by a table that is duplicated, unless they are rewritten (2.6).
    if options.mode == .putIfAbsent && target.atomicIdempotent.value != true {
      add(
        .blocker, .atomicIdempotent, "\(goes), and such a table refuses the writes of --no_overwrite",
        advice: "on 2.6, 'enable_atomic_idempotent \(target.table)' lets it take them")
    } else {
      add(.warning, .activity, "\(goes): every copied row goes there as well")
    }
  }

  /// "partition 3", "3 of the partitions (0, 4, 7)".
  static func listed(_ partitions: [Int32]) -> String {
    if partitions.count == 1 { return "partition \(partitions[0])" }
    let shown = partitions.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "\(partitions.count) partitions (\(shown)\(partitions.count > 8 ? ", …" : ""))"
  }
}
