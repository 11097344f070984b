import Configuration
import EventLoop
import PegasusClient

/// From where to where a copy goes, before anything was looked up.
@LoopActor
struct CopyEnds {
  let source: Table
  let target: Table
  let here: ClusterDefinition
  let there: ClusterDefinition

  /// - Throws: `ShellError` when a cluster is not configured
  init(source: Table, target: Table, named cluster: String, in session: Session) throws(ShellError) {
    guard let here = session.definition else { throw ShellError("no cluster is configured", status: .usage) }
    self.here = here
    there = try session.find(cluster)
    self.source = source
    self.target = target
  }

  /// As in the title of a job: "ClusterA:users -> ClusterB:users".
  var title: String { "\(here.name):\(source.name) -> \(there.name):\(target.name)" }

  /// Whether a planned copy goes between the same places.
  func are(those plan: TransferPlan) -> Bool {
    plan.source.isPlace(of: source.name, in: here) && plan.target.isPlace(of: target.name, in: there)
  }
}
