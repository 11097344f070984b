import EventLoop
import RPC

/// Servers' addresses as listings show them: as the cluster names them, or resolved (`-r`).
enum NodeNames {
  /// The numeric address of a node; the node itself when it does not resolve.
  @LoopActor
  static func resolved(_ node: NodeAddress) async -> NodeAddress {
    guard let addresses = try? await Resolver.resolve(host: node.host, port: node.port), let first = addresses.first
    else {
      return node
    }
    return NodeAddress(text: "\(first)") ?? node
  }

  /// A text of addresses between commas, each resolved.
  @LoopActor
  static func resolved(list: String) async -> String {
    var names: [String] = []
    for item in list.split(separator: ",") {
      guard let colon = item.lastIndex(of: ":"), let port = UInt16(item[item.index(after: colon)...]) else {
        names.append(String(item))
        continue
      }
      names.append("\(await resolved(NodeAddress(host: String(item[..<colon]), port: port)))")
    }
    return names.joined(separator: ",")
  }
}
