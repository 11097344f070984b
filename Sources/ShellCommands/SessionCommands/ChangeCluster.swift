import JSON
import Terminal
import Configuration
package import CommandLineKit
import EventLoop

/// `cc`: another cluster.
package struct ChangeCluster: ShellCommand {
  package static let name = "cc"
  package static let summary = "change to another cluster, or show the current one"
  package static let group = "Session"
  package static let effect = CommandEffect.local
  package static let discussion = """
    The name is a key of [pegasus.clusters], or a list of meta servers as in 10.0.0.1:34601,10.0.0.2:34601. The chosen \
    table is forgotten: the same name in another cluster is another table.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.cluster, "cluster_name", help: "the cluster; shows the current one when left out", completion: .cluster)
  ]
  package static let examples = [
    CommandExample("cc ClusterB", "work on ClusterB from now on"),
    CommandExample("cc 10.0.0.1:34601,10.0.0.2:34601", "a cluster that the configuration does not name"),
  ]

  package var cluster: String?

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    if let cluster { try await session.switchCluster(to: cluster) }
    guard let definition = session.definition else {
      throw ShellError("no cluster is configured", status: .usage)
    }
    if session.output.isJSON {
      session.output.json(
        .object(["cluster_name": .string(definition.name), "cluster_meta_list": .string(definition.metaList)]))
      return
    }
    session.output.line("The cluster name is: \(definition.name)")
    session.output.line("The cluster meta list is: \(definition.metaList)")
    guard cluster == nil else { return }
    let others = session.configuration.clusters.map(\.name).filter { $0 != definition.name }
    if !others.isEmpty { session.output.line("Others: \(others.joined(separator: ", "))") }
  }
}
