import BackupLayout
package import EventLoop

/// Reads every file of a backup or of a bulk-load tree and compares sizes and MD5s with what its documents say. Memory is
/// bounded whatever the size; files are read side by side.
@LoopActor
package final class BackupCheck {
  private struct Work {
    var part: Int
    var directory: String
    var file: FileRecord
    var advice: String
    /// The partition and the partition count that its rows must belong to; nil: rows are not looked at.
    var rows: (partition: Int32, count: Int32)?
  }

  private let service: any BlockService
  private let parallel: Int
  private let gate: Gate
  private let work: [Work]
  private let started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  private var parts: [CheckSnapshot.Part]
  private var problems: [StorageProblem] = []
  private var finished: [Int32] = []

  /// Checks the partitions of a table in a backup; those in `finished` were checked before. `parallel`: files read at
  /// once.
  package convenience init(
    _ table: TableBackup, on service: any BlockService, parallel: Int = 2, gate: Gate = Gate(),
    finished: Set<Int32> = []
  ) {
    self.init(
      table.partitions.map { ($0.index, $0.directory, $0.files) }, rowsOf: nil, advice: Advice.newBackup, service,
      parallel, gate, finished)
  }

  /// Checks the partitions of a bulk-load tree, as above. `readsRows`: files on this machine are also read from their first
  /// to their last row, as `FileInspection` does.
  package convenience init(
    _ load: FoundBulkLoad, on service: any BlockService, readsRows: Bool = false, parallel: Int = 2,
    gate: Gate = Gate(), finished: Set<Int32> = []
  ) {
    self.init(
      load.partitions.map { ($0.index, $0.directory, $0.files) },
      rowsOf: readsRows ? load.info?.partitionCount : nil, advice: Advice.splitAgain, service, parallel, gate, finished)
  }

  private init(
    _ partitions: [(index: Int32, directory: String, files: [FileRecord])], rowsOf count: Int32?,
    advice: String, _ service: any BlockService, _ parallel: Int, _ gate: Gate, _ finished: Set<Int32>
  ) {
    self.service = service
    self.parallel = parallel
    self.gate = gate
    var work: [Work] = []
    var parts: [CheckSnapshot.Part] = []
    for partition in partitions {
      let bytes = StoredSize.sum(partition.files.map(\.size))
      var part = CheckSnapshot.Part(
        index: partition.index, state: .waiting, files: 0, fileCount: partition.files.count, bytes: 0, totalBytes: bytes
      )
      if finished.contains(partition.index) || partition.files.isEmpty {
        (part.state, part.files, part.bytes) = (.done, part.fileCount, bytes)
      } else {
        work += partition.files.map {
          Work(
            part: parts.count, directory: partition.directory, file: $0, advice: advice,
            rows: count.map { (partition.index, $0) })
        }
      }
      parts.append(part)
    }
    self.work = work
    self.parts = parts
  }

  /// Reads all files; those that are wrong do not end it, a storage that does not answer does, and so does a cancelled
  /// task.
  package func run() async -> CheckResult {
    var failure: BlockServiceError?
    do throws(BlockServiceError) {
      _ = try await boundedMap(0..<Int32(clamping: work.count), atMost: parallel) {
        (number) async throws(BlockServiceError) in
        try await self.check(self.work[Int(number)])
      }
    } catch {
      failure = error
    }
    ended = ContinuousClock.now
    return CheckResult(snapshot: snapshot, problems: problems, error: failure)
  }

  package var snapshot: CheckSnapshot {
    CheckSnapshot(elapsed: (ended ?? .now) - started, parts: parts, problemCount: problems.count)
  }

  /// Partitions that were found right since the last call: a later check need not look at them again.
  package func takeFinished() -> [Int32] {
    defer { finished = [] }
    return finished
  }

  private func check(_ work: Work) async throws(BlockServiceError) {
    if parts[work.part].state == .waiting { parts[work.part].state = .running }
    if let problem = try await problem(work) {
      problems.append(problem)
      parts[work.part].state = .failed
    }
    parts[work.part].files += 1
    guard parts[work.part].files == parts[work.part].fileCount, parts[work.part].state == .running else { return }
    parts[work.part].state = .done
    finished.append(parts[work.part].index)
  }

  private func problem(_ work: Work) async throws(BlockServiceError) -> StorageProblem? {
    let place = StoragePath.join(work.directory, work.file.name)
    guard work.file.hasPlainName else {
      return StorageProblem(
        .damagedDocument, work.directory, "a file '\(work.file.name.prefix(80))' is listed", advice: work.advice)
    }
    let sink = DigestSink()
    let known: BlockFile
    do throws(BlockServiceError) {
      known = try await service.stat(place)
      try await service.read(place, into: sink, gate: gate) { self.parts[work.part].bytes += $0 }
    } catch {
      switch error.kind {
      case .notFound: return StorageProblem(.missingFile, place, "the file is not there", advice: work.advice)
      case .damaged: return StorageProblem(.damagedDocument, place, error.detail, advice: work.advice)
      default: throw error
      }
    }
    if sink.count != work.file.size {
      return StorageProblem(
        .wrongSize, place, "\(sink.count) bytes instead of \(work.file.size)", advice: work.advice)
    }
    if !work.file.md5.isEmpty, sink.md5 != work.file.md5 {
      return StorageProblem(
        .wrongDigest, place, "its MD5 is \(sink.md5) instead of \(work.file.md5): the file was damaged",
        advice: work.advice)
    }
    if let recorded = known.recordedMD5, recorded != sink.md5 || known.recordedSize != sink.count {
      return StorageProblem(
        .wrongDigest, place, "its mark says MD5 \(recorded) and \(known.recordedSize ?? 0) bytes, which is not so",
        advice: work.advice)
    }
    return try await rowProblem(work, place)
  }

  private func rowProblem(_ work: Work, _ place: String) async throws(BlockServiceError) -> StorageProblem? {
    guard let (partition, count) = work.rows, let path = service.localPath(place) else { return nil }
    do throws(SplitError) {
      _ = try await BlockingPool.run { () throws(SplitError) in
        try FileInspection.read(path, partition: partition, of: count)
      }
      return nil
    } catch {
      return StorageProblem(.damagedRows, place, error.detail, advice: work.advice)
    }
  }
}
