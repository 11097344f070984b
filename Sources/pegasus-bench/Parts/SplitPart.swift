import BackupLayout
import Backups
import EventLoop
import Glibc
import PegasusClient
import StorageEngine

/// `offline_split` as a whole process of the shell, its MD5s of the backup and of the files and its second look at every
/// file included; and in turns with it the limit: RocksDB's own iterator over the same checkpoints, and its own writer of
/// data files, in one process with as many threads as the machine has cores. The limit moves each checkpoint into files of
/// its own: it hashes and merges no row, computes no MD5 and reads nothing again.
@LoopActor
struct SplitPart {
  private let options: BenchOptions
  private let clusters: Clusters
  private let cores = max(1, Machine.current().cores)

  init(_ options: BenchOptions, _ clusters: Clusters) {
    self.options = options
    self.clusters = clusters
  }

  private struct Limit {
    var seconds: Double
    var processorSeconds: Double
  }

  private struct Pair {
    var shell: MeasuredRun
    var limit: Limit
  }

  private struct Source: Sendable {
    var backup: TableBackup
    var location: BackupLocation
    var directories: [String]
    var contents: BenchCluster.Contents
    var rows: Int
  }

  func measure() async throws -> [Figure] {
    Console.say("offline_split, \(options.repeats) times")
    let counts =
      options.targetCounts.isEmpty
      ? [options.partitions * 2, max(options.partitions - 1, 1)] : options.targetCounts
    let small = try await makeSource(rows: options.rows)
    var peaks = (small: 0.0, large: 0.0)
    for count in counts { peaks.small = max(peaks.small, try await split(small, into: count).peakMegabytes) }
    try await clusters.remove(small.location)
    let large = try await makeSource(rows: options.rows * 4)
    var figures: [Figure] = []
    var limits: [Limit] = []
    for count in counts {
      var pairs: [Pair] = []
      for _ in 0..<options.repeats {
        let limit = try await limit(large)
        pairs.append(Pair(shell: try await split(large, into: count), limit: limit))
      }
      limits += pairs.map(\.limit)
      peaks.large = max(peaks.large, pairs.map(\.shell.peakMegabytes).max() ?? 0)
      figures += self.figures(pairs, large, into: count)
    }
    try await clusters.remove(large.location)
    return [
      Figure(
        "split_limit.rate", "iterator to data files, \(cores) threads, \(large.rows) rows",
        of: limits.map { Double(large.rows) / $0.seconds }, .rowsPerSecond),
      Figure(
        "split_limit.cpu", "  its CPU per million rows",
        of: limits.map { $0.processorSeconds / Double(large.rows) * 1e6 }, .seconds),
    ].compactMap { $0 } + figures + [
      Figure("split.one", "shell's peak memory, split of \(small.rows) rows", peaks.small, .megabytes),
      Figure(
        "split.four", "shell's peak memory, split of \(large.rows) rows", peaks.large, .megabytes,
        aim: .atMost(peaks.small * 1.2, peaks.large, "flat: ≤ 1.2 times")),
    ]
  }

  private func figures(_ pairs: [Pair], _ source: Source, into count: Int) -> [Figure] {
    let (id, rows) = ("split_\(count)", Double(source.rows))
    return [
      Figure(
        "\(id).rate", "offline_split, \(options.partitions) into \(count) partitions, whole process",
        of: pairs.map { rows / $0.shell.wallSeconds }, .rowsPerSecond),
      Figure(
        "\(id).cpu", "  shell's CPU per million rows", of: pairs.map { $0.shell.processorSeconds / rows * 1e6 },
        .seconds),
      Figure(
        "\(id).to_limit", "  against the iterator", of: pairs.map { $0.limit.seconds / $0.shell.wallSeconds }, .ratio,
        aim: { .atLeast(0.5, $0, "≥ 0.5") }),
      Figure(
        "\(id).cpu_to_limit", "  the same in CPU",
        of: pairs.map { $0.limit.processorSeconds / $0.shell.processorSeconds }, .ratio),
      Figure("\(id).peak", "  shell's peak memory", of: pairs.map(\.shell.peakMegabytes), .megabytes),
    ].compactMap { $0 }
  }

  private func makeSource(rows: Int) async throws -> Source {
    let table = try await clusters.source.makeTable(
      "split\(rows)", rows: rows, partitions: options.partitions, valueSize: options.valueSize)
    let (backup, location, _) = try await clusters.backUp(table)
    try await clusters.source.dropTable(table.name)
    let service = clusters.service
    let directories = backup.partitions.compactMap { service.localPath($0.directory) }
    let contents = try await BlockingPool.run { try StoredRows.contents(of: try StoredRows.open(directories)) }
    // Servers' marker rows are among them.
    guard contents.rows >= rows else { throw BenchError("the backup has \(contents.rows) of \(rows) rows") }
    return Source(backup: backup, location: location, directories: directories, contents: contents, rows: rows)
  }

  private func limit(_ source: Source) async throws -> Limit {
    let directory = try clusters.workspace.subdirectory("split-limit")
    defer { Files.removeTree(directory) }
    try await clusters.settle()
    let (started, processor) = (ContinuousClock.now, Disturbance.ownSeconds())
    let directories = source.directories
    try await FileCopy.sideBySide(cores, directories.count) { number in
      for database in try StoredRows.open([directories[number]]) {
        _ = try StoredRows.move(database, to: "\(directory)/\(number)-")
      }
    }
    return Limit(
      seconds: (ContinuousClock.now - started).inSeconds, processorSeconds: Disturbance.ownSeconds() - processor)
  }

  /// Splits, compares what came out with the backup, and removes it.
  private func split(_ source: Source, into count: Int) async throws -> MeasuredRun {
    let run = try await clusters.runShell(
      "offline_split -b \(Clusters.provider) -r \(source.location.root) -a \(source.backup.name) "
        + "-t \(source.location.id) --to_cluster \(clusters.target.name) --to_table_id 9 --partition_count \(count) "
        + "--to_root bulk")
    let service = clusters.service
    let tree = BulkLoadTree(root: "bulk", cluster: clusters.target.name, table: source.backup.name)
    let found = try await BulkLoadReader(service).read(tree)
    guard found.isComplete, found.partitions.count == count else {
      throw BenchError("the files are not whole: \(found.allProblems)\n\(run.output)")
    }
    let paths = found.partitions.flatMap { partition in
      partition.files.compactMap { service.localPath(StoragePath.join(partition.directory, $0.name)) }
    }
    let contents = try await BlockingPool.run { try StoredRows.contents(ofFiles: paths) }
    guard contents == source.contents else {
      throw BenchError("the files hold \(contents.rows) rows, the backup \(source.contents.rows):\n\(run.output)")
    }
    try await service.delete(tree.table)
    return run
  }
}
