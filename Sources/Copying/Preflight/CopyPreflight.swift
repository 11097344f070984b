package import EventLoop
package import PegasusClient

/// Finds out, before the first write, what a copy would meet: both sides at once, each question with a short limit, and
/// nothing is changed anywhere.
@LoopActor
package struct CopyPreflight {
  /// For one question that a cluster may leave unanswered.
  package var limit: Duration = .seconds(1)
  /// How long a dry run reads the source to learn its speed.
  package var samplingTime: Duration = .milliseconds(500)
  private let source: Table
  private let target: Table
  private let geo: Table?
  private let options: CopyOptions

  /// - Parameter geo: the geo table that is filled as well; `nil` without one
  package init(source: Table, target: Table, geo: Table? = nil, options: CopyOptions) {
    self.source = source
    self.target = target
    self.geo = geo
    self.options = options
  }

  /// Asks everything.
  ///
  /// - Parameters:
  ///   - takesSample: reads some pages of the source, for the estimate of a dry run
  ///   - isResumed: the rows on the target are this copy's own
  /// - Throws: `ClientError` when a cluster cannot be asked at all, or when cancelled
  package func report(takesSample: Bool = false, isResumed: Bool = false) async throws(ClientError) -> PreflightReport {
    let from = PreflightProbe(source, .source, options, limit: limit)
    let to = PreflightProbe(target, .target, options, limit: limit)
    let beside = geo.map { PreflightProbe($0, .geo, options, limit: limit) }
    let probes = [from, to] + [beside].compactMap { $0 }
    for failure in await Self.lookUp(probes) { throw failure }
    var same: String?
    if from.side.exists && to.side.exists {
      do throws(ClientError) {
        try await CopySafety.check(source: source, target: target)
      } catch {
        guard case .invalid(let reason) = error.reason else { throw error }
        same = reason
      }
    }
    await Self.askAll(probes, sourcePartitions: from.side.partitionCount)
    var facts = PreflightFacts(source: from.side, target: to.side, geo: beside?.side)
    facts.sameTable = same
    if takesSample && from.side.exists {
      let known = (0..<Int32(from.side.partitionCount)).map { $0 }
      let wanted = (options.partitions ?? known).filter { known.indices.contains(Int($0)) }
      facts.sample = await SourceSampler(source, options, time: samplingTime).run(wanted)
    }
    if Task.isCancelled { throw ClientError(.cancelled, while: "look at both sides of the copy") }
    return PreflightReport(facts, options: options, isResumed: isResumed)
  }

  /// Reads some pages of a table as a copy of it would, for half a second at most.
  ///
  /// - Returns: `nil` when there was nothing to be read
  /// - Throws: `ClientError` when the table cannot be looked up
  package static func sample(_ source: Table, options: CopyOptions) async throws(ClientError) -> SourceSample? {
    let all = (0..<Int32(try await source.partitions().count)).map { $0 }
    return await SourceSampler(source, options, time: .milliseconds(500)).run(all)
  }

  /// In the order of the probes.
  private static func lookUp(_ probes: [PreflightProbe]) async -> [ClientError] {
    await withTaskGroup(of: (Int, ClientError?).self) { group in
      for (index, probe) in probes.enumerated() { group.addTask { (index, await failure(of: probe)) } }
      var failures: [(Int, ClientError)] = []
      for await (index, failure) in group { if let failure { failures.append((index, failure)) } }
      return failures.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private static func failure(of probe: PreflightProbe) async -> ClientError? {
    do throws(ClientError) {
      try await probe.lookUp()
      return nil
    } catch {
      return error
    }
  }

  private static func askAll(_ probes: [PreflightProbe], sourcePartitions: Int) async {
    await withTaskGroup(of: Void.self) { group in
      for probe in probes { group.addTask { await probe.askAll(sourcePartitions: sourcePartitions) } }
    }
  }
}
