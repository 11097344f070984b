import EventLoop
import Jobs

/// Rewrites the files of the loaded table, so that reads are fast and what is overwritten or expired takes no room: still
/// without compactions by themselves.
@LoopActor
final class CompactAct: PlaybookAct {
  nonisolated let name = "compact"
  nonisolated let title: String
  let steps = [CompactionWork.start, CompactionWork.compact]
  private let create: CreateTableAct
  private let maxRunning: Int32
  private let tell: @LoopActor (String) -> Void
  private var work: CompactionWork?

  /// - Parameter maxRunning: partitions of a server at a time; 0: as many as the server likes
  init(_ create: CreateTableAct, _ sides: MigrationSides, maxRunning: Int32) {
    self.create = create
    self.maxRunning = maxRunning
    tell = sides.tell
    title =
      "compact table '\(create.wanted.name)'"
      + (create.wanted.isBehind ? ", the deepest level as well, where the files went" : "")
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    var plan = CompactionPlan(table: try create.found())
    plan.rewritesBottommost = create.wanted.isBehind
    plan.maxRunning = maxRunning
    let work = CompactionWork(plan, cluster: create.client, scope: scope, tell: tell)
    self.work = work
    return try await work.run(in: scope)
  }

  var progress: JobProgress? { work?.progress }
}
