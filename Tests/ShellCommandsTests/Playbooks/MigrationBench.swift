import EventLoop
import Foundation
import Jobs
import Onebox
import PegasusClient
import PegasusProtocol
import Testing

@testable import ShellCommands

/// Runs `body` with two clusters that share a storage, and fifty rows in the table `t1` of the first.
@LoopActor
func withMigration(
  isInteractive: Bool = false, assumesYes: Bool = true, adjust: (inout OneboxOptions) -> Void = { _ in },
  adjustSecond: (inout OneboxOptions) -> Void = { _ in }, _ body: @LoopActor (CommandBench) async throws -> Void
) async throws {
  try await withBench(
    isInteractive: isInteractive, assumesYes: assumesYes, hasSecond: true, adjust: adjust, adjustSecond: adjustSecond
  ) { bench in
    for number in 0..<50 { await bench.run("set key\(number) sort value\(number)") }
    try await body(bench)
  }
}

extension CommandBench {
  var target: ClusterClient {
    get async throws { try await session.cluster(named: "B") }
  }

  /// The backups in a directory of the storage.
  func backups(_ directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(storage)/\(directory)")) ?? []).filter {
      Int64($0) != nil
    }
  }

  /// All limits that a migration may change, at every server of both clusters.
  func limits() async throws -> [String] {
    var found: [String] = []
    for cluster in [try session.cluster(), try await target] {
      for name in ["upload", "download", "nfs_send", "nfs_copy"] {
        let call = RateLimitCall(cluster: cluster, limit: try #require(RateLimit.named(name)))
        for node in try await cluster.listNodes(status: .alive).map(\.address).sorted() {
          found.append("\(cluster.name) \(node) \(name) \(try await call.read(at: node).text)")
        }
      }
    }
    return found
  }

  /// Keeps the servers of `B` from downloading what they are to load, or lets them.
  func holdLoads(_ isHeld: Bool) async throws {
    let target = try await target
    for node in try await target.listNodes(status: .alive) {
      _ = try await target.remoteCommand(
        "replica.max-concurrent-bulk-load-downloading-count", [isHeld ? "0" : "DEFAULT"], at: node.address)
    }
  }

  /// Begins a line in the background and runs `body` at every event of its job, on the loop, before the job goes on.
  func watched(_ line: String, _ body: @escaping @LoopActor (Job, JobEvent) -> Void) async throws -> JobEnd {
    let begun = await run("\(line) &")
    #expect(begun.error == nil, "\(begun.messages)")
    let job = try #require(session.jobs.running.last)
    let subscription = job.subscribe { body(job, $0) }
    // What the body holds would hold it in turn, and the directory of the bench would stay.
    defer { job.unsubscribe(subscription) }
    return await job.outcome()
  }

  // MARK: Damage

  /// Of the only backup: the largest data file of its first partition that has one.
  private var victim: String? {
    let root = "\(storage)/onebox"
    let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".sst") }.sorted().first.map { "\(root)/\($0)" }
  }

  /// Changes one byte of a data file; its size stays.
  func damage() { flip() }

  /// Undoes that.
  func repair() { flip() }

  private func flip() {
    guard let victim, let file = FileHandle(forUpdatingAtPath: victim) else {
      Issue.record("there is no file to damage")
      return
    }
    defer { try? file.close() }
    do {
      try file.seek(toOffset: 20)
      let byte = try file.read(upToCount: 1)?.first ?? 0
      try file.seek(toOffset: 20)
      try file.write(contentsOf: Data([byte ^ 0xFF]))
    } catch {
      Issue.record("\(error)")
    }
  }
}
