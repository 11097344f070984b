/// What is there already, and whether there is room for the rest.
extension PreflightJudge {
  /// An estimate below this is noise.
  private static let tellingRows: Int64 = 100

  mutating func judgeRows() {
    if source.presence.value == .absent {
      add(.note, .rows, "\(source.title) has no rows: nothing will be copied")
    }
    judgeDirection()
    judgeExisting()
    judgeGeo()
  }

  private var targetHasRows: Bool { target.presence.value == .found }

  private mutating func judgeDirection() {
    guard targetHasRows, !isResumed, options.mode != .delete else { return }
    let isWhole = options.partitions == nil && options.filter == RowFilter()
    let advice = "source and target may be swapped: look at the direction again"
    if source.presence.value == .absent {
      add(.warning, .direction, "the source is empty and the target has rows", advice: advice, asks: overwrites)
    } else if isWhole, let mine = source.rows.value, let theirs = target.rows.value, theirs >= Self.tellingRows,
      mine <= theirs / 10
    {
      add(
        .warning, .direction, "the source has about \(mine) rows, the target about \(theirs)", advice: advice,
        asks: overwrites)
    }
  }

  private mutating func judgeExisting() {
    guard options.mode != .delete else { return }
    let estimate = target.rows.value.map { ", about \($0) by its servers' estimate" } ?? ""
    switch target.presence.value {
    case .found where isResumed:
      add(.note, .rows, "\(target.title) has rows\(estimate): those of the runs before are among them")
    case .found where !overwrites:
      add(.note, .rows, "\(target.title) has rows already\(estimate): they are left as they are")
    case .found:
      let which = options.partitions == nil && options.filter == RowFilter() ? "rows" : "rows of this part"
      add(
        .warning, .rows, "\(target.title) has \(which) already\(estimate): those with the same keys are overwritten",
        advice: "--no_overwrite leaves them alone; 'clear_data' empties a table", asks: true)
    case .absent: add(.pass, .rows, "\(target.title) has no rows that the copy could overwrite")
    case .notSeen(let looked):
      add(
        .pass, .rows,
        "none of the \(looked) rows looked at on \(target.title) is one that the copy could overwrite")
    case nil: break
    }
  }

  private mutating func judgeGeo() {
    guard let geo = facts.geo, geo.exists else { return }
    if geo.presence.value == .found && !isResumed {
      add(
        .warning, .geo, "\(geo.title) has entries already: those of copied rows are overwritten",
        advice: "entries whose rows are gone stay behind; 'clear_data' empties a table", asks: true)
    } else {
      add(.pass, .geo, "the geo table \(geo.title) is there")
    }
  }

  // MARK: Room

  mutating func judgeSpace() {
    if let largest = facts.sample?.largestRow, let limit = target.maxWriteSize.value, limit > 0 {
      if largest > limit {
        add(
          .warning, .writeSize,
          "the source has rows of \(largest) bytes, and the target's servers take writes of up to \(limit) bytes",
          advice: "raise [replication] max_allowed_write_size there; the copy reports such rows as failed")
      } else {
        add(
          .pass, .writeSize,
          "the largest row of a sample has \(largest) bytes, and the target's servers take up to \(limit)")
      }
    }
    guard let bytes = source.bytes.value, let disks = target.disks.value, !disks.isEmpty else { return }
    let replicas = max(Int64(target.replicaCount), 1)
    let needed = bytes.multipliedReportingOverflow(by: replicas)
    let need = needed.overflow ? Int64.max : needed.partialValue
    let room = FreeDisk(disks)
    let free = room.available
    let account =
      "the source's files take \(Self.size(bytes)), \(replicas) replica\(replicas == 1 ? "" : "s") of them "
      + "\(Self.size(need)); the target's servers have \(Self.size(free)) free\(room.account)"
    if need > free {
      add(
        .warning, .disk, "not enough disk: \(account)",
        advice: "an estimate: the target may compress better, or hold rows already",
        asks: !isResumed)
    } else if need > free / 5 * 4 {
      add(.warning, .disk, "the disks will be more than four fifths full: \(account)")
    } else {
      add(.pass, .disk, "enough disk: \(account)")
    }
  }

  /// "1536 MB"; in GB from ten of them on.
  private static func size(_ bytes: Int64) -> String {
    bytes >= 10 << 30 ? "\(bytes >> 30) GB" : "\((bytes + (1 << 20) - 1) >> 20) MB"
  }
}
