internal import JSON
internal import EventLoop
internal import PegasusProtocol
internal import RPC

extension ReplicaServer {
  private static let paths = Pages.commonPaths + ["/replica/data_version", "/replica/manual_compaction"]

  func page(_ request: HTTPRequest) -> HTTPResponse {
    let origin = Pages.Origin(
      cluster: cluster, role: "replica", address: address, settings: settings, paths: Self.paths)
    if let page = Pages.common(request, origin, { metricEntities }) { return page }
    switch request.path {
    case "/replica/data_version":
      return ofTable(request) { partition in
        .object([("data_version", .string("\(partition.store?.version.rawValue ?? 1)"))])
      }
    case "/replica/manual_compaction":
      return ofTable(request) { .string("\($0.compaction.state)") }
    default: return .notFound
    }
  }

  private func ofTable(_ request: HTTPRequest, _ value: (Partition) -> JSONValue) -> HTTPResponse {
    guard let text = request.parameter("app_id"), let id = Int32(text) else {
      return Pages.invalid("app_id is missing")
    }
    let held = replicas.filter { $0.gpid.appID == id }
    guard !held.isEmpty else { return HTTPResponse(status: 404, body: "app_id=\(id) not found\n") }
    return Pages.json(.object(held.map { ("\($0.gpid.partitionIndex)", value($0)) }))
  }
}
