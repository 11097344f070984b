import EventLoop
import Jobs

/// A playbook for certain parameters: its acts, and the look at everything before the first one.
@LoopActor
struct PreparedPlaybook {
  /// "ClusterA:users -> ClusterB:users"
  let title: String
  /// The result when every act has ended well: "Table 'users' of ClusterA is in ClusterB.".
  let headline: String
  /// In the order in which they run.
  let acts: [any PlaybookAct]
  private let sight: @LoopActor () async throws -> PlaybookSight

  /// - Parameter sight: looks at both sides: what there is, and what concerns no act of its own
  init(
    title: String, headline: String, acts: [any PlaybookAct],
    sight: @escaping @LoopActor () async throws -> PlaybookSight = { PlaybookSight() }
  ) {
    self.title = title
    self.headline = headline
    self.acts = acts
    self.sight = sight
  }

  /// All steps of all acts, as the job has them.
  var steps: [StepPlan] {
    acts.flatMap { act in
      act.steps.map { StepPlan(name: StepNames(act.name).full($0.name), title: $0.title) }
    }
  }

  /// Looks at everything; changes nothing.
  ///
  /// - Throws: `ClientError` when a cluster cannot be asked at all
  func look() async throws -> PlaybookSight {
    var sight = try await sight()
    for act in acts { sight.findings += try await act.look() }
    sight.sort()
    return sight
  }

  /// Has every act take up what earlier runs have left.
  func recall(_ record: JobRecord) {
    for act in acts { act.recall(PlaybookTrace(record, of: act.name)) }
  }
}
