import EventLoop
import Jobs
import Terminal

/// A job's progress in words, whatever its kind and whoever runs it: as a block that is painted over in place, as a plain
/// line, or in a few words.
struct JobView: Sendable {
  private let style: Style

  init(style: Style = .plain) { self.style = style }

  // MARK: In a few words

  /// `#7 copy 61% 210k/s`, `#7 copy 61% paused`.
  static func brief(_ record: JobRecord) -> String {
    var text = "#\(record.id) \(shortName(record.plan.kind))"
    guard let progress = record.progress else { return text }
    if let fraction = progress.fraction { text += " \(Int(min(fraction, 0.99) * 100))%" }
    switch record.state {
    case .paused: return text + " paused"
    default: text += " \(compact(progress.rate))/s"
    }
    if !progress.ending.isEmpty { return text + " ending" }
    return progress.slowed.isEmpty ? text : text + " slowed: \(progress.slowed)"
  }

  /// Several such texts in one line: as many as fit, and how many more there are.
  static func together(_ texts: [String], columns: Int) -> String {
    var line = ""
    for (index, text) in texts.enumerated() {
      let next = line.isEmpty ? text : line + " · " + text
      let left = texts.count - index - 1
      let room = columns - (left > 0 ? " +\(left)".count : 0)
      guard DisplayWidth.of(next) <= room || line.isEmpty else { return line + " +\(left + 1)" }
      line = DisplayWidth.cut(next, to: room)
    }
    return line
  }

  /// "copy" of "copy_data".
  static func shortName(_ kind: String) -> String {
    kind.hasSuffix("_data") ? String(kind.dropLast(5)) : kind
  }

  /// `210k`.
  static func compact(_ rate: Double) -> String {
    Format.count(rate).replacing(" ", with: "")
  }

  // MARK: As a line

  /// The old shell's line: `processed for 12 seconds, (3/8) splits, total 51230 rows, last second 4100 rows`.
  ///
  /// - Parameter step: units done since the last such line
  static func plain(_ progress: JobProgress, step: Int64) -> String {
    var text = "processed for \(progress.elapsed.components.seconds) seconds, "
    if progress.partCount > 0 { text += "(\(progress.finishedParts)/\(progress.partCount)) splits, " }
    text += "total \(progress.done)"
    if progress.partCount == 0, let total = progress.total { text += " of \(total)" }
    text += " \(progress.unit)"
    if let hashKeys = progress[count: "hash keys"] { text += " (\(hashKeys) hash keys)" }
    text += ", last second \(step) \(progress.unit)"
    if let keys = progress[count: "keys"], let same = progress[count: "same"] { text += ", \(keys - same) differ" }
    if !progress.slowed.isEmpty { text += ", slowed: \(progress.slowed)" }
    return progress.ending.isEmpty ? text : text + ", error occurred, terminating..."
  }

  // MARK: As a block

  /// What fits on the screen of the job's state.
  ///
  /// - Parameters:
  ///   - showsParts: with a table of the parts, as many as fit
  ///   - footer: what stands below all of it
  func block(
    _ record: JobRecord, columns: Int, rows: Int, showsParts: Bool, footer: [String]
  ) -> [String] {
    guard let progress = record.progress else {
      return ["#\(record.id) \(record.plan.kind) \(record.plan.title)  \(record.stateName)"] + footer
    }
    var lines = [head(record, progress, columns), state(record, progress), speed(progress, record.state)]
    let account = Self.account(progress)
    if !account.isEmpty { lines.append("  " + account) }
    if progress.partCount > 0 { lines.append(parts(progress)) }
    if progress.retries > 0 { lines.append("  retries \(progress.retries), last: \(progress.lastRetryReason)") }
    if showsParts {
      lines += PartTable(progress).lines(columns: columns, rows: max(1, rows - lines.count - footer.count - 1))
    }
    return lines + footer
  }

  private func head(_ record: JobRecord, _ progress: JobProgress, _ columns: Int) -> String {
    var title = "#\(record.id) \(progress.verb) \(record.plan.title)"
    let elapsed = "  \(Format.duration(progress.elapsed))"
    guard let fraction = progress.fraction else { return style(.strong, title) + elapsed }
    let percent = " \(Format.fixed(min(fraction, 0.999) * 100, decimals: 1))%"
    // Names may be long; how far it is matters more.
    title = DisplayWidth.shortened(title, to: max(12, columns - 1 - DisplayWidth.of(elapsed + percent)))
    let room = columns - 3 - DisplayWidth.of(title + elapsed + percent)
    let bar = room < 8 ? "" : "  " + ProgressBar.text(fraction: fraction, width: min(room, 30))
    return style(.strong, title) + elapsed + bar + percent
  }

  /// The state with its reason, and the limit.
  private func state(_ record: JobRecord, _ progress: JobProgress) -> String {
    let limit =
      if progress.isWatched {
        record.state == .paused ? "the servers go on" : "limits: 'rate_limit'"
      } else {
        progress.limit.isEmpty ? "no limit" : "limit \(progress.limit)"
      }
    let state: String
    if !progress.ending.isEmpty {
      state = style(.error, "ending: \(progress.ending)")
    } else if record.state == .running, !progress.slowed.isEmpty {
      state = style(.warning, "slowed: \(progress.slowed)")
    } else if record.state == .running {
      state = style(.success, record.stateName)
    } else {
      state = style(.warning, record.stateName)
    }
    let step = record.steps.count > 1 ? "  step \(Self.stepTitle(record, progress))," : " "
    return "\(step) \(state), \(limit)"
  }

  private static func stepTitle(_ record: JobRecord, _ progress: JobProgress) -> String {
    guard let index = record.steps.firstIndex(where: { $0.plan.name == progress.step }) else { return progress.step }
    return "\(index + 1)/\(record.steps.count) \(record.steps[index].plan.title)"
  }

  private func speed(_ progress: JobProgress, _ state: JobState) -> String {
    let seconds = progress.elapsed.inSeconds
    var text = "  \(Format.grouped(Int(progress.done))) \(progress.unit)"
    if state == .paused { return text + ", ETA none while paused" }
    text += ", last second \(Format.grouped(Int(progress.lastSecond)))"
    text += ", \(Format.rate(progress.rate, unit: progress.unit + "/s"))"
    if progress.bytes > 0, seconds > 0 { text += ", \(Format.size(Double(progress.bytes) / seconds))/s" }
    return text + ", " + Self.remaining(progress)
  }

  /// `3 m 12 s`; `about 3 m` while the rate goes up and down; nil when it cannot be told.
  static func timeLeft(_ progress: JobProgress) -> String? {
    progress.secondsLeft.map {
      progress.isSteady
        ? Format.duration(.seconds($0.rounded())) : "about " + Format.roughDuration(.seconds($0.rounded()))
    }
  }

  /// What can honestly be said about the end.
  static func remaining(_ progress: JobProgress) -> String {
    if let left = timeLeft(progress) { return "ETA " + left }
    if let total = progress.total, max(progress.done, progress.account.first?.count ?? 0) >= total, total > 0 {
      return "past the estimate"
    }
    return progress.elapsed < .seconds(5) ? "ETA not known yet" : "ETA unknown"
  }

  /// The first two counts, and the others that are not 0: `read 1000 = copied 990 + filtered 10`.
  static func account(_ progress: JobProgress) -> String {
    guard let first = progress.account.first else { return "" }
    let rest = progress.account.dropFirst()
    let shown = rest.prefix(1) + rest.dropFirst().filter { $0.count != 0 }
    guard !shown.isEmpty else { return "" }
    return "\(first.name) \(first.count) = " + shown.map { "\($0.name) \($0.count)" }.joined(separator: " + ")
  }

  private func parts(_ progress: JobProgress) -> String {
    var text = "  partitions \(progress.finishedParts)/\(progress.partCount) done"
    // Where partitions are what is counted, none of them has a count of its own.
    guard let slowest = progress.slowestPart, progress.unit != "partitions" else { return text }
    text += ", slowest \(slowest.number) at \(Format.grouped(Int(slowest.done)))"
    let counts = progress.parts.filter { $0.state != "waiting" }.map(\.done).sorted()
    guard counts.count > 2 else { return text + " \(progress.unit)" }
    let median = counts[counts.count / 2]
    text += ", median \(Format.grouped(Int(median))) \(progress.unit)"
    let ratio = Double(median) / Double(max(slowest.done, 1))
    return ratio < 1.5 ? text : text + style(.warning, " (\(Format.fixed(ratio, decimals: 1))x behind)")
  }
}

extension JobProgress {
  /// A count of the account by its name.
  subscript(count name: String) -> Int64? { account.first { $0.name == name }?.count }
}
