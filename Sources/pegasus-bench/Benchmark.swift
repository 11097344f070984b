import EventLoop
import Glibc

/// One run: the parts that were asked for, in an order in which none disturbs the next, and the report.
@LoopActor
final class Benchmark {
  private let options: BenchOptions
  private var report: Report

  init(_ options: BenchOptions) {
    self.options = options
    report = Report(machine: Machine.current(), options: options)
  }

  /// The exit status: 0 when all that was asked for was measured, whether or not it meets its aim.
  func run() async -> Int32 {
    let workspace: Workspace
    do {
      workspace = try Workspace(options.directory)
    } catch {
      Console.say("pegasus-bench: \(error)")
      return 1
    }
    let signals = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
      try? SignalSource(number) {
        workspace.remove()
        exit(128 + number)
      }
    }
    defer { withExtendedLifetime(signals) { workspace.remove() } }
    do {
      try await measure(in: workspace)
    } catch {
      Console.say("pegasus-bench: \(error)")
      return 1
    }
    report.compare()
    Console.show(options.isJSON ? report.json : report.text)
    return 0
  }

  private func measure(in workspace: Workspace) async throws {
    let parts = options.parts
    if parts.contains(.codec) { report.add(try await CodecPart.measure()) }
    if parts.contains(.limit) { report.add(try await LimitPart(options, workspace).measure()) }
    guard !parts.isDisjoint(with: [.engine, .copy, .journal, .count, .startup, .memory, .split, .backup]) else {
      return
    }
    let clusters = try await Clusters.start(in: workspace)
    if parts.contains(.startup) { report.add(try await StartupPart(clusters).measure()) }
    if !parts.isDisjoint(with: [.engine, .copy, .journal, .count, .memory]) {
      let table = try await clusters.source.makeTable("bench", rows: options.rows, partitions: options.partitions)
      if parts.contains(.engine) { report.add(try await EnginePart(options, clusters, table).measure()) }
      if parts.contains(.count) { report.add(try await CountPart(options, clusters, table).measure()) }
      if parts.contains(.copy) { report.add(try await CopyPart(options, clusters, table).measure()) }
      if parts.contains(.journal) { report.add(try await JournalPart(options, clusters).measure()) }
      if parts.contains(.memory) { report.add(try await MemoryPart(options, clusters, table).measure()) }
    }
    if parts.contains(.backup) { report.add(try await BackupPart(options, clusters).measure()) }
    if parts.contains(.split) { report.add(try await SplitPart(options, clusters).measure()) }
    await clusters.stop()
  }
}
