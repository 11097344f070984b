import Copying
import PegasusClient
import Terminal

/// What the facts before a migration mean for it. Pure: the same facts give the same findings.
struct MigrationJudge {
  private let facts: MigrationFacts
  private let plan: MigrationPlan
  private let needs: MigrationNeeds
  private var findings: [Finding] = []

  init(_ facts: MigrationFacts, _ plan: MigrationPlan, _ needs: MigrationNeeds) {
    self.facts = facts
    self.plan = plan
    self.needs = needs
  }

  private var source: PreflightSide { facts.source }
  private var target: PreflightSide { facts.target }
  private var wantedReplicas: Int32 { needs.replicaCount ?? source.replicaCount }

  /// Everything that was looked at, in the order of the looks.
  mutating func judge() -> [Finding] {
    judgeTables()
    guard source.exists else { return findings }
    judgeHealth()
    judgeReleases()
    judgeActivity()
    judgeRoom()
    judgeStorage()
    guard !needs.followsWrites else { return findings }
    add(
      .note, .rows, "rows that are written to \(source.title) after the backup has begun are not in the new table",
      advice: "for an exact copy stop the writers first, or let the servers refuse them (replica.deny_client_request)")
    return findings
  }

  private mutating func add(
    _ level: Finding.Level, _ check: Finding.Check, _ what: String, advice: String = "", asks: Bool = false
  ) {
    findings.append(Finding(level, check, what, advice: advice, asks: asks))
  }

  private func isClean(_ check: Finding.Check) -> Bool {
    !findings.contains { $0.check == check && $0.level >= .warning }
  }

  // MARK: Tables and clusters

  private mutating func judgeTables() {
    if facts.isOneCluster {
      add(
        .blocker, .tables, "'\(plan.source.cluster)' and '\(plan.target.name)' are one cluster",
        advice: "'backup' and 'restore -n' make another table of one within its cluster")
    }
    for side in [source, target] where !side.refusal.isEmpty {
      add(.blocker, .tables, "table '\(side.table)' of cluster '\(side.cluster)' cannot be used: \(side.refusal)")
    }
    if !source.exists, source.refusal.isEmpty {
      add(.blocker, .tables, "table '\(source.table)' does not exist in cluster '\(source.cluster)'")
    }
    if target.exists, needs.needsFreeName {
      add(
        .blocker, .tables, "cluster '\(target.cluster)' has a table '\(target.table)' already (id \(target.tableID))",
        advice: "-a gives the new one another name; 'drop' or 'rename' makes room for it")
    }
    if isClean(.tables) {
      add(.pass, .tables, "both clusters answer; \(plan.title), \(source.partitionCount) partitions")
    }
  }

  private mutating func judgeHealth() {
    if !source.unreadable.isEmpty {
      add(
        .blocker, .health,
        "\(Self.count(source.unreadable)) of \(source.title) without a primary: a backup would not end",
        advice: "wait for the cluster to recover; 'app \(source.table) -d' shows it")
    }
    let poor = source.unhealthy.filter { !source.unreadable.contains($0) }
    if !poor.isEmpty {
      add(.warning, .health, "\(Self.count(poor)) of \(source.title) with fewer replicas than wanted")
    }
    if isClean(.health) { add(.pass, .health, "every partition of \(source.title) has all of its replicas") }
    for side in [source, target] {
      if let dead = side.deadServers.value, !dead.isEmpty {
        add(.warning, .servers, "of cluster '\(side.cluster)' \(dead.joined(separator: ", ")) is down")
      }
      if let level = side.metaLevel.value, ["stopped", "blind", "freezed"].contains(level) {
        add(
          .warning, .metaLevel,
          "the meta level of cluster '\(side.cluster)' is \(level): new partitions get no primary",
          advice: "'set_meta_level steady' lets the cluster take care of them")
      }
    }
    if let alive = target.aliveServers.value, alive < Int(wantedReplicas) {
      add(
        .blocker, .servers,
        "the table wants \(wantedReplicas) replicas, and cluster '\(target.cluster)' has \(alive) servers up",
        advice: "'set_replica_count' lowers it on the source, or start more servers")
    }
    if isClean(.servers) { add(.pass, .servers, "all replica servers of both clusters are up") }
  }

  private static func count(_ partitions: [Int32]) -> String {
    partitions.count == 1 ? "partition \(partitions[0])" : "\(partitions.count) partitions"
  }

  private mutating func judgeReleases() {
    func oldest(_ side: PreflightSide) -> ServerRelease? {
      side.versions.value?.compactMap { ServerRelease(in: $0) }.min()
    }
    guard let mine = oldest(source), let theirs = oldest(target) else {
      return add(.note, .versions, "the releases of the servers are not known")
    }
    if mine < needs.sourceRelease {
      add(
        .blocker, .versions,
        "servers of \(source.cluster) are of release \(mine): backups of one table on demand begin with "
          + "\(needs.sourceRelease)",
        advice: "add_backup_policy makes one, and 'restore -p' or 'offline_split' takes it over")
    }
    if theirs < needs.targetRelease {
      add(
        .blocker, .versions,
        "servers of \(target.cluster) are of release \(theirs): this way of loading begins with \(needs.targetRelease)",
        advice: "'copy_data' moves the rows one by one")
    }
    if theirs < mine {
      add(
        .warning, .versions,
        "the target's servers (\(theirs)) are older than the source's (\(mine)): they may not read "
          + "its files", advice: "try it with a small table first")
    }
    if isClean(.versions) { add(.pass, .versions, "releases \(mine) on the source, \(theirs) on the target") }
  }

  private mutating func judgeActivity() {
    if source.isSplitting.value == true || !source.splitting.isEmpty {
      add(
        .blocker, .activity, "a partition split of \(source.title) is under way", advice: "wait until it has ended")
    }
    if source.isBulkLoading.value == true {
      add(.blocker, .activity, "a bulk load into \(source.title) is under way", advice: "wait until it has ended")
    }
    if plan.verify != nil, let deny = source.variable("replica.deny_client_request"), !deny.hasSuffix("*write") {
      add(
        .blocker, .environment,
        "\(source.title) refuses reads (replica.deny_client_request = \(deny)): the tables could not be compared at the end",
        advice: "'\(deny.split(separator: "*").first ?? "reconfig")*write' refuses writes alone; or --no_verify")
    }
  }

  // MARK: Room and storage

  private mutating func judgeRoom() {
    guard let bytes = source.bytes.value, let disks = target.disks.value, !disks.isEmpty else {
      return add(.note, .disk, "whether the target has room enough is not known")
    }
    let replicas = max(1, Int(wantedReplicas))
    let needed = Double(bytes) * Double(replicas) * needs.room
    let room = FreeDisk(disks)
    let free = Double(room.available)
    let account =
      "\(replicas) replicas of \(Format.size(Double(bytes))) need \(Format.size(needed)) with room to spare, and "
      + "\(target.cluster) has \(Format.size(free)) free\(room.account)"
    let share = needed / Double(disks.count)
    if needed > free {
      add(.warning, .disk, "not enough disk: \(account)", advice: "an estimate", asks: true)
    } else if let tight = room.shares.first(where: { Double($0.available) < share * Double($0.servers.count) }) {
      add(
        .warning, .disk, "the disk of \(tight.servers.joined(separator: ", ")) has less free than its share: \(account)"
      )
    } else {
      add(.pass, .disk, "enough disk: \(account)")
    }
  }

  private mutating func judgeStorage() {
    let provider = plan.backup.provider
    if plan.backup.coldRoot == nil {
      add(
        .blocker, .storage,
        "the servers of \(source.cluster) do not tell their cold_backup_root, the first directory of "
          + "their backups", advice: "name it: --cold_backup_root")
    }
    if let problem = facts.storageProblem {
      add(.blocker, .storage, "this shell does not read the storage '\(provider)': \(problem)")
    } else if let storage = facts.storage {
      add(.pass, .storage, "this shell reads '\(provider)' (\(storage)), and looks at the backup before it is restored")
    } else {
      add(
        .warning, .storage,
        "this shell does not know the storage '\(provider)': the backup is not looked at, and 'undo' "
          + "cannot remove it", advice: "[block_service.\(provider)] in the configuration, as the servers have it")
    }
    add(
      .note, .storage,
      "whether the servers of both clusters have [block_service.\(provider)] cannot be asked: if not, "
        + "they refuse, and nothing is done")
  }
}
