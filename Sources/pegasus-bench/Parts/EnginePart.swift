import CBench
import Copying
import EventLoop
import PegasusClient

/// The copy inside this process, without the shell around it: what is left to gain in the shell.
@LoopActor
struct EnginePart {
  private let options: BenchOptions
  private let clusters: Clusters
  private let table: Table

  init(_ options: BenchOptions, _ clusters: Clusters, _ table: Table) {
    self.options = options
    self.clusters = clusters
    self.table = table
  }

  func measure() async throws -> [Figure] {
    let contents = try await clusters.source.contents(of: table)
    return try await measure("engine", "copy engine, put", .put, contents)
      + measure("engine_u", "copy engine, multi_set", .multiSet, contents)
      + measure("engine_duplicate", "copy engine, duplicate", .duplicate, contents)
  }

  private struct Run {
    var seconds: Double
    var processorSeconds: Double
    var allocations: UInt64
  }

  private func measure(
    _ id: String, _ name: String, _ mode: WriteMode, _ contents: BenchCluster.Contents
  ) async throws -> [Figure] {
    Console.say("\(name), \(options.repeats) times")
    var runs: [Run] = []
    for number in 0..<options.repeats { runs.append(try await run("\(id)\(number)", mode, contents)) }
    let millions = Double(options.rows) / 1e6
    return [
      Figure("\(id).rate", name, of: runs.map { Double(options.rows) / $0.seconds }, .rowsPerSecond),
      Figure(
        "\(id).cpu", "  its CPU per million rows", of: runs.map { $0.processorSeconds / millions }, .seconds),
      Figure(
        "\(id).allocations", "  its allocations per row",
        of: runs.map { Double($0.allocations) / Double(options.rows) },
        .allocations),
    ].compactMap { $0 }
  }

  private func run(_ name: String, _ mode: WriteMode, _ contents: BenchCluster.Contents) async throws -> Run {
    let copy = try await clusters.target.makeTable(name, partitions: options.partitions)
    var settings = CopyOptions()
    settings.mode = mode
    settings.originClusterID = 1
    let engine = CopyRun(source: table, target: copy, options: settings)
    _ = try await engine.prepare()
    try await clusters.settle()
    let (started, processor) = (ContinuousClock.now, Disturbance.ownSeconds())
    // This is the loop's thread, which does all of the work.
    let allocations = cbench_allocations()
    let result = await engine.run()
    let run = Run(
      seconds: (ContinuousClock.now - started).inSeconds, processorSeconds: Disturbance.ownSeconds() - processor,
      allocations: cbench_allocations() - allocations)
    guard result.isComplete else { throw BenchError("the copy is not complete: \(result.snapshot.counts)") }
    guard try await clusters.target.contents(of: copy) == contents else { throw BenchError("the copy is not equal") }
    try await clusters.target.dropTable(name)
    return run
  }
}
