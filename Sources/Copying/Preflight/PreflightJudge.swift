/// What the facts before a copy mean for it. Pure: the same facts give the same findings.
struct PreflightJudge {
  let facts: PreflightFacts
  let options: CopyOptions
  let isResumed: Bool
  private var findings: [Finding] = []

  init(_ facts: PreflightFacts, _ options: CopyOptions, isResumed: Bool) {
    self.facts = facts
    self.options = options
    self.isResumed = isResumed
  }

  var source: PreflightSide { facts.source }
  var target: PreflightSide { facts.target }
  /// Whether rows that are there already are lost to those that are copied.
  var overwrites: Bool { options.mode != .putIfAbsent && options.mode != .delete }

  /// Everything that was looked at, the most important first.
  mutating func judge() -> [Finding] {
    judgeTables()
    if source.exists && target.exists {
      judgePartitions()
      judgeHealth()
      judgeVersions()
      judgeEnvironment()
      judgeActivity()
      judgeRows()
      judgeSpace()
      judgeUnknowns()
    }
    // In the order of the checks within one level.
    return Finding.Level.allCases.reversed().flatMap { level in findings.filter { $0.level == level } }
  }

  mutating func add(
    _ level: Finding.Level, _ check: Finding.Check, _ what: String, advice: String = "", asks: Bool = false
  ) {
    findings.append(Finding(level, check, what, advice: advice, asks: asks))
  }

  /// Whether nothing but passes and notes was found by these checks.
  func isClean(_ checks: Finding.Check...) -> Bool {
    !findings.contains { checks.contains($0.check) && $0.level >= .warning }
  }

  // MARK: The tables as such

  private mutating func judgeTables() {
    for side in [source, target] + [facts.geo].compactMap({ $0 }) {
      let check: Finding.Check = side == facts.geo ? .geo : .tables
      if !side.refusal.isEmpty {
        add(
          .blocker, check, "table '\(side.table)' of cluster '\(side.cluster)' cannot be used: \(side.refusal)",
          advice: "wait until it is ready; 'app \(side.table) -d' shows how far it is")
      } else if !side.exists {
        add(
          .blocker, check, "table '\(side.table)' does not exist in cluster '\(side.cluster)'",
          advice: side == source ? "'ls' shows the tables of the cluster" : creation(of: side))
      }
    }
    if let same = facts.sameTable { add(.blocker, .tables, same) }
    if isClean(.tables, .geo) { add(.pass, .tables, "both clusters answer, and the tables are there") }
  }

  private func creation(of side: PreflightSide) -> String {
    guard source.exists else { return "'create' makes it" }
    let replicas = source.replicaCount > 0 && source.replicaCount != 3 ? " -r \(source.replicaCount)" : ""
    return "in that cluster: create \(side.table) -p \(source.partitionCount)\(replicas)"
  }

  private mutating func judgePartitions() {
    if let outside = options.partitions?.first(where: { $0 < 0 || Int($0) >= source.partitionCount }) {
      add(
        .blocker, .partitions,
        "there is no partition \(outside): \(source.title) has \(source.partitionCount), from 0 to "
          + "\(source.partitionCount - 1)")
    }
    if source.partitionCount != target.partitionCount {
      add(
        .note, .partitions,
        "the source has \(source.partitionCount) partitions, the target \(target.partitionCount): rows are spread anew")
    }
    if target.replicaCount == 1 {
      add(
        source.replicaCount > 1 ? .warning : .note, .partitions,
        "the target keeps one replica of each row: a lost server loses rows", advice: "'set_replica_count' raises it")
    }
    // Pegasus 2.2–2.6: the servers leave rows of the other half out only when the table says so.
    if let initial = source.initialPartitionCount, initial > 0, initial != source.partitionCount,
      source.environment.value != nil, !source.isTrue("replica.split.validate_partition_hash")
    {
      add(
        .warning, .partitions,
        "the source was split from \(initial) to \(source.partitionCount) partitions and does not leave the rows of the "
          + "other halves out: stale rows may come along",
        advice: "set_app_envs replica.split.validate_partition_hash true, on the source")
    }
    if isClean(.partitions) {
      add(.pass, .partitions, "\(options.partitions?.count ?? source.partitionCount) partitions can be copied")
    }
  }

  // MARK: What could not be found out

  private mutating func judgeUnknowns() {
    var open: [String] = []
    for side in [source, target] {
      let answers: [(String, String?)] = [
        ("versions", side.versions.reason), ("rows", side.rows.reason), ("bytes", side.bytes.reason),
        ("environment", side.environment.reason), ("duplications", side.duplications.reason),
        ("bulk load", side.isBulkLoading.reason), ("split", side.isSplitting.reason),
        ("meta level", side.metaLevel.reason), ("dead servers", side.deadServers.reason),
        ("existing rows", side.presence.reason), ("disks", side.disks.reason),
      ]
      let missing = answers.filter { $0.1?.isEmpty == false }
      guard let first = missing.first?.1 else { continue }
      open.append("\(missing.map(\.0).joined(separator: ", ")) of \(side.title) (\(first))")
    }
    if !open.isEmpty { add(.note, .unknown, "not known: " + open.joined(separator: "; ")) }
  }
}
