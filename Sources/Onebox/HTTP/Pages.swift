internal import JSON
internal import EventLoop
internal import PegasusProtocol
internal import RPC

/// Pages that every server of a onebox has.
@LoopActor
enum Pages {
  struct Origin {
    let cluster: Cluster
    let role: String
    let address: ServerAddress
    let paths: [String]
  }

  static func common(_ request: HTTPRequest, _ origin: Origin, _ entities: () -> [MetricEntity]) -> HTTPResponse? {
    switch request.path {
    case "/": json(.object(origin.paths.sorted().map { ($0, .string("")) }))
    case "/version":
      json(.object([("Version", .string(OneboxVersion.text)), ("GitCommit", .string(OneboxVersion.commit))]))
    case "/recentStartTime":
      json(.object([("RecentStartTime", .string(WallClock.text(unixSeconds: origin.cluster.startSecond)))]))
    case "/metrics": metrics(request, origin, entities())
    default: nil
    }
  }

  static let commonPaths = ["/", "/version", "/recentStartTime", "/metrics"]

  static func json(_ value: JSONValue) -> HTTPResponse { HTTPResponse(body: value.compact) }

  static func invalid(_ reason: String) -> HTTPResponse {
    HTTPResponse(status: 400, body: JSONValue.object([("error_message", .string(reason))]).compact)
  }

  private static func metrics(
    _ request: HTTPRequest, _ origin: Origin, _ entities: [MetricEntity]
  ) -> HTTPResponse {
    do throws(MetricQuery.Invalid) {
      let query = try MetricQuery(request.query)
      return json(
        .object([
          ("cluster", .string(origin.cluster.options.clusterName)), ("role", .string(origin.role)),
          ("host", .string(origin.address.hostPort.host)), ("port", .integer(Int64(origin.address.hostPort.port))),
          ("timestamp_ns", .integer(WallClock.unixNanoseconds)),
          ("entities", .array(entities.compactMap(query.render))),
        ]))
    } catch {
      return invalid(error.description)
    }
  }
}
