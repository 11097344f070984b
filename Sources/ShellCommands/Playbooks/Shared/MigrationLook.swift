import Backups
import Copying
import EventLoop
import JSON
import PegasusClient
import Terminal

/// Looks at both sides of a migration and at the storage between them, before anything is done. Changes nothing.
@LoopActor
struct MigrationLook {
  private static let limit: Duration = .seconds(1)

  let sides: MigrationSides
  let needs: MigrationNeeds

  init(_ sides: MigrationSides, _ needs: MigrationNeeds) {
    self.sides = sides
    self.needs = needs
  }

  /// - Throws: `ClientError` when a cluster cannot be asked at all
  func sight() async throws -> PlaybookSight {
    let facts = try await facts()
    var judge = MigrationJudge(facts, sides.plan, needs)
    var sight = PlaybookSight()
    sight.findings = judge.judge()
    sight.sections = [PreflightSides(facts.source, facts.target, leavesGapsOut: true).table]
    sight.facts["source"] = PreflightDocument.json(facts.source)
    sight.facts["target"] = PreflightDocument.json(facts.target)
    return sight
  }

  private func facts() async throws -> MigrationFacts {
    let plan = sides.plan
    let source = try await PlacePreflight.table(sides.source.table(plan.source.table), limit: Self.limit)
    let target = try await PlacePreflight.place(for: sides.target.table(plan.table), limit: Self.limit)
    var facts = MigrationFacts(source: source, target: target, isOneCluster: try await isOneCluster())
    guard let storage = sides.storage else { return facts }
    facts.storage = storage.summary
    do throws(BlockServiceError) {
      _ = try await storage.list("")
    } catch {
      // A root that nobody has written to yet.
      if error.kind != .notFound { facts.storageProblem = "\(error)" }
    }
    return facts
  }

  private func isOneCluster() async throws -> Bool {
    let (source, target) = (sides.source, sides.target)
    if source === target { return true }
    guard
      TableIdentity.servers(sides.plan.source.metaList).isDisjoint(
        with: TableIdentity.servers(sides.plan.target.metaList))
    else { return true }
    return try await source.meta.currentLeader() == target.meta.currentLeader()
  }
}
