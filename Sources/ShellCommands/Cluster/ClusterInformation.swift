import JSON
import Terminal
package import CommandLineKit
import EventLoop
import PegasusClient

/// `cluster_info`
package struct ClusterInformation: ShellCommand {
  package static let name = "cluster_info"
  package static let summary = "show what the cluster says of itself"
  package static let group = "Cluster"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] =
    [.flag(\.resolves, "-r", "--resolve_ip", help: "addresses instead of host names")]
    + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("cluster_info", "meta servers, leader, ZooKeeper, level, balance"),
    CommandExample("cluster_info -j -o cluster.json", "the same as JSON in a file"),
  ]

  package var resolves = false
  package var options = OutputOptions()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    var fields: [(String, Cell)] = []
    for (key, value) in try await session.cluster().clusterInfo() {
      var text = value
      if resolves, key == "meta_servers" || key == "primary_meta_server" {
        text = await NodeNames.resolved(list: value)
      }
      fields.append((key, Self.cell(key, text)))
    }
    try session.show([TextTable("cluster_info", pairs: fields)], options)
  }

  private static func cell(_ key: String, _ text: String) -> Cell {
    if key.hasSuffix("_stddev"), let number = Double(text) { return .typed(text, .number(number)) }
    if key == "balance_operation_count", let json = try? JSONParser.parse(text.utf8) { return .typed(text, json) }
    return .text(text)
  }
}
