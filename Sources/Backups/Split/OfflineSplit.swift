package import BackupLayout
import Bytes
package import EventLoop
import Glibc
import PegasusProtocol
import StorageEngine

/// Turns a table's cold backup into bulk-load files for any partition count, without a cluster.
///
/// The backup's files are fetched (or, on a local storage, used where they are), their MD5s compared, and each partition
/// opened read-only with RocksDB. All partitions that exchange rows are walked over at once, in the order of their keys;
/// a row goes to the file of the partition that its hash belongs to. So every file comes out sorted, nothing is written
/// twice, and memory is bounded whatever the size. Each finished file is read again from its first to its last row.
///
/// The work is divided into units (`SplitPlan`), which go side by side; a finished one has a `SplitCheckpoint`. After any
/// death a split made with the same plan and these checkpoints does the other units again, over what was left of them:
/// their files have the same names. `bulk_load_info` is written last, so that nobody loads a half.
///
/// Stages go in this order: `prepare`, `fetch`, `makePlan`, `split`, `finish`; `run` does all.
@LoopActor
package final class OfflineSplit {
  let source: any BlockService
  let table: TableBackup
  let target: any BlockService
  let options: SplitOptions
  let gate: Gate
  /// Which backup it is.
  let fingerprint: String
  /// Nil until `makePlan`, unless one was handed in. Keep it beside the checkpoints: they belong to it.
  package private(set) var plan: SplitPlan?
  let isResumed: Bool
  private let started = ContinuousClock.now
  private var ended: ContinuousClock.Instant?
  var stage = SplitSnapshot.Stage.waiting { didSet { if stage == .done { ended = .now } } }
  var parts: [SplitSnapshot.Part] = []
  var fetchedBytes: Int64 = 0
  /// By partition of the backup.
  var fetched: Set<Int32> = []
  /// By unit.
  var finished: [Int32: SplitCheckpoint] = [:]
  /// What the units have done that are not finished.
  var running: [Int32: SplitCheckpoint] = [:]
  /// Units all of whose rows are read in this run.
  var drained: Set<Int32> = []
  /// Files whose MD5 is not known yet.
  var undescribed: [(unit: Int32, file: TargetFile.Finished)] = []
  /// By unit: files whose MD5 is being computed, or that are on their way to their place.
  var underWay: [Int32: Int] = [:]
  private var fresh: [SplitCheckpoint] = []
  var openings: [Int32: Task<[SourcePartition], any Error>] = [:]
  var warnings: [String] = []
  var malformedKeys: [String] = []

  /// `plan` and `checkpoints` are those of an earlier run; without a plan checkpoints count for nothing but fetched
  /// partitions. `table` must have been read with its partitions.
  package init(
    of table: TableBackup, on source: any BlockService, to target: any BlockService, options: SplitOptions,
    gate: Gate = Gate(), plan: SplitPlan? = nil, resumingFrom checkpoints: [SplitCheckpoint] = []
  ) {
    self.table = table
    self.source = source
    self.target = target
    self.options = options
    self.gate = gate
    self.plan = plan
    isResumed = plan != nil
    var digest = MD5()
    for partition in table.partitions {
      let files = partition.files.map { "\($0.name) \($0.size) \($0.md5)" }.sorted()
      digest.add(Array("\(partition.directory)\n\(files.joined(separator: "\n"))\n".utf8).span.bytes)
    }
    fingerprint = digest.hex
    for checkpoint in checkpoints {
      switch checkpoint.stage {
      case .fetch: fetched.insert(checkpoint.part)
      case .split: if plan != nil { finished[checkpoint.part] = checkpoint }
      }
    }
  }

  /// All stages. A cancelled task ends it in order.
  package func run() async throws(SplitError) -> SplitResult {
    try await prepare()
    try await fetch()
    _ = try await makePlan()
    try await split()
    return try await finish()
  }

  /// Refuses what must not be begun: a backup that is not whole, a target that is not empty, a plan of another backup.
  package func prepare() async throws(SplitError) {
    if let problem = table.allProblems.first { throw SplitError(problem) }
    guard let metadata = table.metadata, !table.partitions.isEmpty,
      table.partitions.count == Int(metadata.partitionCount)
    else {
      throw SplitError(.invalid, "the partitions of '\(table.name)' in \(table.path) have not been looked at")
    }
    guard (1...65536).contains(options.partitionCount) else {
      throw SplitError(.invalid, "a partition count of \(options.partitionCount)", advice: "1 to 65536 are possible.")
    }
    guard options.workDirectory.hasPrefix("/") else {
      throw SplitError(.invalid, "the work directory '\(options.workDirectory)' has no absolute path")
    }
    guard options.dataVersion != .v2 else {
      throw SplitError(.invalid, "no server takes values of data version 2", advice: "Use 0 or 1.")
    }
    if let plan {
      guard plan.fingerprint == fingerprint, plan.sourceCount == metadata.partitionCount,
        plan.targetCount == options.partitionCount
      else {
        throw SplitError(
          .changed, "the backup or the partition count is not the one that this split was begun with",
          advice: "Clean up what was made, then begin anew.")
      }
      try await dropWhatIsLost()
    } else {
      let path = options.tree.table
      guard try await storage({ () throws(BlockServiceError) in try await self.target.listIfThere(path) }).isEmpty
      else {
        throw SplitError(
          .targetExists, "there is something in \(path) of \(target.summary) already",
          advice: "Choose another target, go on with the split that has made it, or remove it first.")
      }
    }
  }

  /// Settles how the rows are divided; what an earlier run has settled stays.
  package func makePlan() async throws(SplitError) -> SplitPlan {
    if let plan { return plan }
    stage = .planning
    let sourceCount = Int32(table.partitions.count)
    let classes = SplitPlan.classes(sourceCount, options.partitionCount)
    let planner = SplitPlanner(options: options, sourceCount: sourceCount, sourceBytes: table.bytes)
    var plan = SplitPlan(
      fingerprint: fingerprint, sourceCount: sourceCount, targetCount: options.partitionCount, classes: classes,
      now: UInt32(clamping: Int64(time(nil)) - TTLEpoch.unix), estimatedRows: 0, units: [])
    for remainder in 0..<classes {
      try await pass()
      let sources = try await sources(remainder, of: plan)
      let sized = sources.map { (partition: $0, bytes: table.partitions[Int($0.index)].bytes) }
      let count = planner.unitCount(classes: classes, bytes: sized.reduce(0) { $0 + $1.bytes })
      let boundaries = try await offLoop { () throws(SplitError) in
        do throws(StorageError) {
          return try planner.boundaries(of: sized, units: count)
        } catch {
          throw SplitError(error, whileReading: true)
        }
      }
      plan.estimatedRows += sources.reduce(0) { $0 + $1.estimatedRows }
      for place in 0...boundaries.count {
        plan.units.append(
          SplitPlan.Unit(
            number: Int32(plan.units.count), remainder: remainder, from: place > 0 ? boundaries[place - 1] : nil,
            to: place < boundaries.count ? boundaries[place] : nil))
      }
      // The others are opened again when it is their turn: not all need be open at once.
      if remainder > 1 { openings[remainder] = nil }
    }
    self.plan = plan
    return plan
  }

  package var snapshot: SplitSnapshot {
    var counts = SplitCounts()
    var files = 0
    var bytes: Int64 = 0
    for checkpoint in [finished.values.map { $0 }, running.values.map { $0 }].joined() {
      counts += checkpoint.counts
      files += checkpoint.files.count
      bytes += checkpoint.files.reduce(0) { $0 + $1.record.size }
    }
    return SplitSnapshot(
      stage: stage, elapsed: (ended ?? .now) - started, fetchedBytes: fetchedBytes, sourceBytes: table.bytes,
      counts: counts, estimatedRows: plan?.estimatedRows, parts: parts, files: files, fileBytes: bytes)
  }

  /// About how many bytes it needs in the work directory and in the target, while all of it is there. Estimates: files come
  /// out about as large as those of the backup.
  package var spaceNeeded: (work: Int64, target: Int64) {
    let classes = SplitPlan.classes(Int32(table.partitions.count), options.partitionCount)
    let files = Int(max(options.partitionCount / max(1, classes), 1)) + FileLanes.width
    let unit = min(options.largestUnit, Int64(files) * Int64(options.fileBytes))
    let underWay = min(table.bytes, Int64(options.workers) * unit)
    return (
      work: (source.localPath("") == nil ? table.bytes : 0) + (target.localPath("") == nil ? underWay : 0),
      target: table.bytes
    )
  }

  /// Parts that were finished since the last call. Those of the splitting mean something only together with `plan`.
  package func takeCheckpoints() -> [SplitCheckpoint] {
    defer { fresh = [] }
    return fresh
  }

  func note(_ checkpoint: SplitCheckpoint) { fresh.append(checkpoint) }

  /// Removes what a split has made: the tree in the target, and what is left in the work directory. All of it may be
  /// missing.
  package static func clean(
    _ tree: BulkLoadTree, on target: any BlockService, workDirectory: String
  ) async throws(SplitError) {
    do throws(BlockServiceError) {
      try await target.delete(tree.table)
    } catch {
      throw SplitError(error)
    }
    await removeWork(workDirectory)
  }

  // MARK: Helpers

  /// Waits while the gate is closed.
  func pass() async throws(SplitError) {
    do throws(CancellationError) {
      try await gate.pass()
    } catch {
      throw SplitError.cancelled
    }
  }

  func storage<T: Sendable>(
    _ body: @LoopActor () async throws(BlockServiceError) -> T
  ) async throws(SplitError) -> T {
    do throws(BlockServiceError) {
      return try await body()
    } catch {
      throw SplitError(error)
    }
  }

  func offLoop<T: Sendable>(
    _ body: @escaping @Sendable () throws(SplitError) -> T
  ) async throws(SplitError) -> T {
    try await BlockingPool.run(body)
  }
}
