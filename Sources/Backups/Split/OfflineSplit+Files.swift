import BackupLayout
import EventLoop

extension OfflineSplit {
  /// Files brought to their places side by side.
  private static let uploads = 4

  /// Computes the MD5s of all files that wait for it, those of several units side by side, and brings the files to their
  /// places. A unit that has no more to come is finished then.
  func describeFiles() async throws(SplitError) {
    let taken = undescribed
    guard !taken.isEmpty else { return }
    undescribed = []
    for (unit, _) in taken { underWay[unit, default: 0] += 1 }
    let files = taken.map(\.file)
    let described = try await offLoop { () throws(SplitError) in try TargetFile.describe(files) }
    // Each waits for the disk several times.
    _ = try await boundedMap(0..<Int32(taken.count), atMost: Self.uploads) { (number) async throws(SplitError) in
      let ((unit, local), file) = (taken[Int(number)], described[Int(number)])
      let place = StoragePath.join(self.options.tree.partition(file.partition), file.record.name)
      try await self.storage { () throws(BlockServiceError) in
        try await self.target.upload(local.path, md5: file.record.md5, to: place)
      }
      self.running[unit]?.files.append(file)
      self.underWay[unit, default: 1] -= 1
    }
    for unit in Set(taken.map(\.unit)) { try finish(unit) }
  }

  /// Notes a unit as finished when all of its rows are read and all of its files are in their places.
  func finish(_ unit: Int32) throws(SplitError) {
    guard drained.contains(unit), underWay[unit, default: 0] == 0, !undescribed.contains(where: { $0.unit == unit }),
      let checkpoint = running.removeValue(forKey: unit)
    else { return }
    let rows = checkpoint.files.reduce(Int64(0)) { $0 + $1.rows }
    guard checkpoint.counts.isBalanced, rows == checkpoint.counts.written else {
      throw SplitError(
        .counts, "of \(checkpoint.counts.read) rows \(rows) are in files, and \(checkpoint.counts.written) should be",
        advice: "Keep the backup and report this.")
    }
    finished[unit] = checkpoint
    parts[Int(unit)].state = .done
    note(checkpoint)
  }
}
