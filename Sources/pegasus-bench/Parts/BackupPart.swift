import BackupLayout
import Backups
import EventLoop
import Glibc
import PegasusClient
import StorageEngine

/// Backup and restore by the embedded clusters, from the request until the servers say that all is there, beside what the
/// disk does with the same files: copied with as many side by side, each synced, without an MD5.
@LoopActor
struct BackupPart {
  private let options: BenchOptions
  private let clusters: Clusters

  init(_ options: BenchOptions, _ clusters: Clusters) {
    self.options = options
    self.clusters = clusters
  }

  /// A table large enough that each partition has several files, and that a second is not a small part of it all.
  private static let times = 16

  private struct Run {
    var bytes: Int64
    var copySeconds: Double
    var digestSeconds: Double
    var backupSeconds: Double
    var restoreSeconds: Double
    var backupProcessor: Double
    var restoreProcessor: Double

    func rate(_ seconds: Double) -> Double { Double(bytes) / 1e6 / seconds }
  }

  func measure() async throws -> [Figure] {
    Console.say("backup and restore, \(options.repeats) times")
    let table = try await clusters.source.makeTable(
      "stored", rows: options.rows * Self.times, partitions: options.partitions, valueSize: options.valueSize)
    let contents = try await clusters.source.contents(of: table)
    // The first one flushes what is in memory: not what is measured.
    try await clusters.remove(try await clusters.backUp(table).location)
    var runs: [Run] = []
    for number in 0..<options.repeats { runs.append(try await run(table, number, contents)) }
    try await clusters.source.dropTable(table.name)
    return [
      Figure("backup.bytes", "backup's size", of: runs.map { Double($0.bytes) / 1e6 }, .megabytes),
      Figure(
        "backup.disk", "the disk: files copied 4 at a time, synced", of: runs.map { $0.rate($0.copySeconds) },
        .megabytesPerSecond),
      Figure(
        "backup.md5", "MD5 of them on one thread", of: runs.map { $0.rate($0.digestSeconds) }, .megabytesPerSecond),
      Figure(
        "backup.rate", "backup, MD5s included", of: runs.map { $0.rate($0.backupSeconds) }, .megabytesPerSecond),
      Figure(
        "backup.to_disk", "  against the disk", of: runs.map { $0.copySeconds / $0.backupSeconds }, .ratio,
        aim: { .atLeast(0.8, $0, "≥ 0.8") }),
      Figure(
        "backup.cpu", "  source cluster's CPU per GB",
        of: runs.map { $0.backupProcessor / Double($0.bytes) * 1e9 }, .seconds),
      Figure(
        "restore.rate", "restore, MD5s included", of: runs.map { $0.rate($0.restoreSeconds) }, .megabytesPerSecond),
      Figure(
        "restore.to_disk", "  against the disk", of: runs.map { $0.copySeconds / $0.restoreSeconds }, .ratio,
        aim: { .atLeast(0.8, $0, "≥ 0.8") }),
      Figure(
        "restore.cpu", "  target cluster's CPU per GB",
        of: runs.map { $0.restoreProcessor / Double($0.bytes) * 1e9 }, .seconds),
    ].compactMap { $0 }
  }

  private func run(_ table: Table, _ number: Int, _ contents: BenchCluster.Contents) async throws -> Run {
    let before = clusters.source.processorSeconds
    let (backup, location, backupSeconds) = try await clusters.backUp(table)
    let backupProcessor = clusters.source.processorSeconds - before
    let files = backup.partitions.flatMap { partition in
      partition.files.compactMap { clusters.service.localPath(StoragePath.join(partition.directory, $0.name)) }
    }
    let directory = try clusters.workspace.subdirectory("copied")
    try await clusters.settle()
    let copySeconds = try await FileCopy.copy(files, into: directory)
    let digestSeconds = try await FileCopy.digest(files)
    Files.removeTree(directory)
    let name = "restored\(number)"
    let processor = clusters.target.processorSeconds
    let restoreSeconds = try await clusters.restore(backup, location, as: name)
    let restoreProcessor = clusters.target.processorSeconds - processor
    guard try await clusters.target.contents(of: clusters.target.client.table(name)) == contents else {
      throw BenchError("the restored table is not equal")
    }
    try await clusters.target.dropTable(name)
    try await clusters.remove(location)
    return Run(
      bytes: backup.bytes, copySeconds: copySeconds, digestSeconds: digestSeconds, backupSeconds: backupSeconds,
      restoreSeconds: restoreSeconds, backupProcessor: backupProcessor, restoreProcessor: restoreProcessor)
  }
}
