import BackupLayout
import EventLoop
import PegasusProtocol
import StorageEngine

extension OfflineSplit {
  /// How long a thread splits before it looks up.
  private nonisolated static let slice = Duration.milliseconds(50)
  /// Memory for the indexes of all open files.
  private nonisolated static let cache = BlockCache(capacity: 32 << 20)

  /// Splits every unit that is not finished.
  package func split() async throws(SplitError) {
    guard let plan else { throw SplitError(.invalid, "there is no plan yet") }
    stage = .splitting
    parts = plan.units.map { unit in
      let done = finished[unit.number]
      return SplitSnapshot.Part(
        number: unit.number, state: done == nil ? .waiting : .done, done: done?.counts.read ?? 0)
    }
    let left = plan.units.filter { finished[$0.number] == nil }
    _ = try await boundedMap(0..<Int32(left.count), atMost: options.workers) { (number) async throws(SplitError) in
      try await self.split(left[Int(number)], of: plan)
    }
    try await describeFiles()
    openings = [:]
  }

  private func split(_ unit: SplitPlan.Unit, of plan: SplitPlan) async throws(SplitError) {
    try await pass()
    parts[Int(unit.number)].state = .running
    let sources = try await sources(unit.remainder, of: plan)
    for target in plan.targets(of: unit) { try await makeDirectory(fileDirectory(target)) }
    let output = output(plan)
    let splitter = try await offLoop { () throws(SplitError) in
      try UnitSplitter(unit: unit, plan: plan, sources: sources, output: output)
    }
    running[unit.number] = SplitCheckpoint(stage: .split, part: unit.number)
    var isAtEnd = false
    while !isAtEnd {
      try await pass()
      isAtEnd = try await offLoop { () throws(SplitError) in try splitter.advance(for: Self.slice) }
      running[unit.number]?.counts = splitter.counts
      parts[Int(unit.number)].done = splitter.counts.read
      // Other units may have files that wait for company.
      undescribed += splitter.takeFinished().map { (unit.number, $0) }
      if undescribed.count >= FileLanes.width { try await describeFiles() }
    }
    drained.insert(unit.number)
    malformedKeys = Array((malformedKeys + splitter.malformedKeys).prefix(5))
    if plan.units.allSatisfy({
      $0.remainder != unit.remainder || drained.contains($0.number) || finished[$0.number] != nil
    }) {
      openings[unit.remainder] = nil
    }
    try finish(unit.number)
  }

  private func output(_ plan: SplitPlan) -> UnitSplitter.Output {
    let directories = Dictionary(uniqueKeysWithValues: (0..<plan.targetCount).map { ($0, fileDirectory($0)) })
    let isLocal = target.localPath("") != nil
    return UnitSplitter.Output(
      targetCount: plan.targetCount, version: options.dataVersion, fileBytes: options.fileBytes, now: plan.now,
      dropsExpired: options.dropsExpired,
      openFiles: min(options.openFiles, FileBudget.shared.written / max(1, options.workers))
    ) { partition, name in
      "\(directories[partition] ?? "")/\(isLocal ? Self.partialName(name) : name)"
    }
  }

  /// Where files of a partition of the target are written: in their place, where that is on this machine.
  func fileDirectory(_ partition: Int32) -> String {
    target.localPath(options.tree.partition(partition)) ?? "\(options.workDirectory)/target/\(partition)"
  }

  /// The name of a file under way beside finished ones: without a mark no server sees it.
  nonisolated static func partialName(_ name: String) -> String { ".\(name).part" }

  nonisolated static func isPartialName(_ name: String) -> Bool {
    name.hasPrefix(".") && name.contains(".sst") && name.hasSuffix(".part")
  }

  /// The opened partitions of a class; opened once, and closed when its units are finished.
  func sources(_ remainder: Int32, of plan: SplitPlan) async throws(SplitError) -> [SourcePartition] {
    let opening =
      openings[remainder]
      ?? {
        let wanted = stride(from: Int(remainder), to: table.partitions.count, by: Int(plan.classes)).map {
          (table.partitions[$0].index, directory(of: table.partitions[$0]))
        }
        let files = Int32(clamping: max(20, FileBudget.shared.read / wanted.count))
        let task = Task<[SourcePartition], any Error> {
          try await BlockingPool.run {
            try wanted.map {
              try SourcePartition(index: $0.0, directory: $0.1, cache: Self.cache, openFiles: files)
            }
          }
        }
        openings[remainder] = task
        return task
      }()
    let sources: [SourcePartition]
    do {
      sources = try await opening.value
    } catch {
      openings[remainder] = nil
      throw (error as? SplitError) ?? SplitError(.engine, "\(error)")
    }
    for source in sources { warn(about: source) }
    return sources
  }

  private func warn(about source: SourcePartition) {
    let metadata = table.partitions[Int(source.index)].metadata
    if let decree = source.decree, let metadata, decree < metadata.decree {
      remark(
        "The files of partition \(source.index) reach write \(decree), its backup_metadata says \(metadata.decree): the last "
          + "writes may be missing.")
    }
    if source.version != options.dataVersion {
      remark(
        "Values of partition \(source.index) were converted from data version \(source.version.rawValue) to "
          + "\(options.dataVersion.rawValue).")
    }
  }

  private func remark(_ text: String) {
    if !warnings.contains(text) { warnings.append(text) }
  }
}
