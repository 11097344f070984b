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
    let settings: RemoteSettings
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
    case "/config": configuration(request, origin)
    case "/configs": json(origin.settings.flags)
    case "/updateConfig": update(request, origin)
    default: nil
    }
  }

  static let commonPaths = ["/", "/version", "/recentStartTime", "/metrics", "/config", "/configs", "/updateConfig"]

  static func json(_ value: JSONValue) -> HTTPResponse { HTTPResponse(body: value.compact) }

  static func invalid(_ reason: String) -> HTTPResponse {
    HTTPResponse(status: 400, body: JSONValue.object([("error_message", .string(reason))]).compact)
  }

  private static func configuration(_ request: HTTPRequest, _ origin: Origin) -> HTTPResponse {
    guard let name = request.parameter("name") else { return invalid("name shouldn't be empty") }
    guard let flag = origin.settings.description(ofFlag: name) else {
      return HTTPResponse(status: 404, body: "\(ErrorCode.objectNotFound.name): \(name) is not found")
    }
    return json(flag)
  }

  /// Refusals have the status 200, too.
  private static func update(_ request: HTTPRequest, _ origin: Origin) -> HTTPResponse {
    guard request.query.count == 1, let (name, value) = request.query.first else {
      return invalid("there should be exactly one config to be updated once")
    }
    return json(.object([("update_status", .string(origin.settings.update(name, value)))]))
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
