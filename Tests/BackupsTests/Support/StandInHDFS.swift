import Backups
import EventLoop
import JSON
import TestSupport

/// A name node and a data node that speak WebHDFS, with files in memory. What they answer can be bent for the requests to
/// come.
@LoopActor
final class StandInHDFS {
  typealias Request = StandInHTTPServer.Request
  typealias Answer = StandInHTTPServer.Answer

  /// By path, with a slash in front.
  var files: [String: [UInt8]] = [:]
  /// Answers in place of the real ones: used up one by one, those that give nil are passed over.
  var faults: [(Request) -> Answer?] = []
  private(set) var operations: [String] = []
  private var nameNode: StandInHTTPServer?
  private var dataNode: StandInHTTPServer?

  init() throws {
    dataNode = try StandInHTTPServer { [weak self] in self?.answer($0, onDataNode: true) ?? Answer(500) }
    nameNode = try StandInHTTPServer { [weak self] in self?.answer($0, onDataNode: false) ?? Answer(500) }
  }

  var address: String { "http://\(nameNode?.address ?? "")" }

  func service(
    root: String = "/base", addresses: [String]? = nil, user: String? = nil, slice: Int64 = 32 << 20
  ) -> WebHDFSBlockService {
    var options = WebHDFSBlockService.Options()
    options.pauses = [.milliseconds(1), .milliseconds(2)]
    options.slice = slice
    return WebHDFSBlockService(
      name: "hdfs_x", addresses: addresses ?? [address], root: root, user: user, options: options)
  }

  /// Every file of a local tree, as HDFS would hold it: without marks.
  func load(_ service: LocalBlockService, _ path: String = "", at root: String = "/base") async throws {
    for entry in try await service.list(path) {
      let inner = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
      if entry.isDirectory {
        try await load(service, inner, at: root)
      } else {
        files["\(root)/\(inner)"] = try await service.contents(inner)
      }
    }
  }

  static func exception(_ status: Int, _ name: String, _ message: String) -> Answer {
    let text = JSONValue.object([
      "RemoteException": .object([
        "exception": .string(name), "javaClassName": .string("java.\(name)"), "message": .string(message),
      ])
    ]).text(indent: nil)
    return Answer(status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  private func answer(_ request: Request, onDataNode: Bool) -> Answer {
    operations.append("\(onDataNode ? "data" : "name") \(request.query["op"] ?? "")")
    if !faults.isEmpty, let bent = faults.removeFirst()(request) { return bent }
    guard request.path.hasPrefix("/webhdfs/v1/") else { return Answer(404) }
    let path = Self.decoded(String(request.path.dropFirst("/webhdfs/v1".count)))
    switch (request.method, request.query["op"]) {
    case ("GET", "LISTSTATUS"): return list(path)
    case ("GET", "GETFILESTATUS"):
      if let bytes = files[path] { return Self.json(["FileStatus": Self.status("", "FILE", bytes.count)]) }
      return isDirectory(path) ? Self.json(["FileStatus": Self.status("", "DIRECTORY", 0)]) : missing(path)
    case ("GET", "OPEN"):
      guard let bytes = files[path] else { return missing(path) }
      if !onDataNode { return redirect(request) }
      let offset = Int(request.query["offset"] ?? "0") ?? 0
      let length = Int(request.query["length"] ?? "") ?? bytes.count
      return Answer(200, body: Array(bytes.dropFirst(offset).prefix(length)))
    case ("PUT", "CREATE"):
      if !onDataNode { return request.body.isEmpty ? redirect(request) : Answer(400) }
      files[path] = request.body
      return Answer(201)
    case ("DELETE", "DELETE"):
      let doomed = files.keys.filter { $0 == path || $0.hasPrefix(path + "/") }
      for name in doomed { files[name] = nil }
      return Self.json(["boolean": .bool(!doomed.isEmpty)])
    default: return Self.exception(400, "IllegalArgumentException", "Invalid value for webhdfs parameter \"op\"")
    }
  }

  private func redirect(_ request: Request) -> Answer {
    let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    return Answer(307, headers: ["Location": "http://\(dataNode?.address ?? "")\(request.path)?\(query)&namenoderpc=x"])
  }

  private func isDirectory(_ path: String) -> Bool {
    files.keys.contains { $0.hasPrefix(path.hasSuffix("/") ? path : path + "/") }
  }

  private func list(_ path: String) -> Answer {
    if let bytes = files[path] { return Self.json(Self.statuses([Self.status("", "FILE", bytes.count)])) }
    guard isDirectory(path) else { return missing(path) }
    let prefix = path.hasSuffix("/") ? path : path + "/"
    var found: [String: JSONValue] = [:]
    for (name, bytes) in files where name.hasPrefix(prefix) {
      let parts = name.dropFirst(prefix.count).split(separator: "/")
      let first = String(parts[0])
      found[first] = Self.status(first, parts.count > 1 ? "DIRECTORY" : "FILE", parts.count > 1 ? 0 : bytes.count)
    }
    return Self.json(Self.statuses(found.sorted { $0.key > $1.key }.map(\.value)))
  }

  private func missing(_ path: String) -> Answer {
    Self.exception(404, "FileNotFoundException", "File does not exist: \(path)\nat java.lang.Something")
  }

  private static func status(_ name: String, _ type: String, _ length: Int) -> JSONValue {
    .object([
      "accessTime": 0, "length": .integer(Int64(length)), "pathSuffix": .string(name), "type": .string(type),
      "permission": "644",
    ])
  }

  private static func statuses(_ list: [JSONValue]) -> KeyValuePairs<String, JSONValue> {
    ["FileStatuses": .object(["FileStatus": .array(list)])]
  }

  private static func json(_ members: KeyValuePairs<String, JSONValue>) -> Answer {
    Answer(200, body: Array(JSONValue.object(members).text(indent: nil).utf8))
  }

  private static func decoded(_ text: String) -> String {
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
        out.append(code)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
