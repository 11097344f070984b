import Bytes
package import EventLoop
import JSON

/// A Hadoop file system as its REST interfaces show it (2.7 to 3.4, read in their sources; none could be had to try), over
/// a directory: a name node on stand-by, one that leads, and two data nodes, or a gateway (HttpFS). What they answer can be
/// bent for the requests to come.
@LoopActor
package final class StandInHDFS {
  package typealias Request = StandInHTTPServer.Request
  package typealias Answer = StandInHTTPServer.Answer

  /// Which of its servers was asked.
  package enum Server: Equatable, Sendable {
    case standby, name
    case data(Int)
    case gateway
  }

  /// Answers in place of the real ones: used up one by one, those that give nil are passed over.
  package var faults: [(Request) -> Answer?] = []
  /// As `faults`, but never used up.
  package var filter: ((Server, Request) -> Answer?)?
  /// Bytes that all files may have together; nil: any.
  package var quota: Int?
  /// The only user that may do something; nil: everybody.
  package var owner: String?
  /// The only delegation token taken, and nothing but a token; nil: no security.
  package var token: String?
  /// "name OPEN", "data CREATE", … in the order asked.
  package private(set) var operations: [String] = []
  /// The requests that came to the name node and to the gateway.
  package private(set) var requests: [Request] = []
  private let scratch: TemporaryDirectory
  private var tree: HDFSDirectory
  private var standby: StandInHTTPServer?
  private var nameNode: StandInHTTPServer?
  private var dataNodes: [StandInHTTPServer] = []
  private var gateway: StandInHTTPServer?

  /// `keepsMarks`: what is stored gets marks as in a `local_service`, so that embedded clusters can load it.
  package init(keepsMarks: Bool = false) throws {
    scratch = TemporaryDirectory("hdfs")
    tree = HDFSDirectory(root: scratch.path, keepsMarks: keepsMarks)
    func server(_ server: Server) throws -> StandInHTTPServer {
      try StandInHTTPServer { [weak self] in self?.answer($0, by: server) ?? Answer(500) }
    }
    dataNodes = [try server(.data(0)), try server(.data(1))]
    nameNode = try server(.name)
    standby = try server(.standby)
    gateway = try server(.gateway)
  }

  /// What stands for the root of the file system.
  package var directory: String { scratch.path }
  package var address: String { "http://\(nameNode?.address ?? "")" }
  package var standbyAddress: String { "http://\(standby?.address ?? "")" }
  package var gatewayAddress: String { "http://\(gateway?.address ?? "")" }
  /// The paths of all files, with a slash in front.
  package var paths: [String] { tree.files() }

  /// A file by its path, with a slash in front.
  package subscript(path: String) -> [UInt8]? {
    get { tree.contents(path) }
    set {
      if let newValue { try? tree.write(path, newValue) } else { _ = tree.remove(path) }
    }
  }

  /// Copies the files of a `local_service`, without their marks, to below `path`.
  package func copy(_ local: String, to path: String) throws {
    let source = HDFSDirectory(root: local, keepsMarks: true)
    for file in source.files() { try tree.write(path + file, source.contents(file) ?? []) }
  }

  /// Stops the first data node for good.
  package func stopDataNode() { dataNodes[0].stop() }

  package static func exception(_ status: Int, _ name: String, _ message: String) -> Answer {
    let text = JSONValue.object([
      "RemoteException": .object([
        "exception": .string(name), "javaClassName": .string("org.apache.hadoop.\(name)"), "message": .string(message),
      ])
    ]).text(indent: nil)
    return Answer(status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  // MARK: Answering

  private func answer(_ request: Request, by server: Server) -> Answer {
    let operation = request.query["op"]?.uppercased() ?? ""
    let kind =
      switch server {
      case .standby: "standby"
      case .name: "name"
      case .data: "data"
      case .gateway: "gateway"
      }
    operations.append("\(kind) \(operation)")
    if server == .name || server == .gateway { requests.append(request) }
    if !faults.isEmpty, let bent = faults.removeFirst()(request) { return bent }
    if let bent = filter?(server, request) { return bent }
    if server == .standby {
      return Self.exception(
        403, "StandbyException",
        "Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error")
    }
    guard request.path.hasPrefix("/webhdfs/v1") else { return Answer(404, body: Array("<html>Not Found".utf8)) }
    if let refusal = refusal(of: request, server) { return refusal }
    let path = Self.decoded(String(request.path.dropFirst("/webhdfs/v1".count)))
    switch (request.method, operation) {
    case ("GET", "LISTSTATUS"): return list(path)
    case ("GET", "GETFILESTATUS"):
      return tree.status(path).map { Self.json(["FileStatus": $0]) } ?? missing(path)
    case ("GET", "OPEN"): return open(path, request, server)
    case ("PUT", "CREATE"): return create(path, request, server)
    case ("DELETE", "DELETE"):
      if tree.isDirectory(path), !tree.names(in: path).isEmpty, request.query["recursive"] != "true" {
        return failed("PathIsNotEmptyDirectoryException", "\(path) is non empty", server)
      }
      return Self.json(["boolean": .bool(tree.remove(path))])
    default: return Self.exception(400, "IllegalArgumentException", "Invalid value for webhdfs parameter \"op\"")
    }
  }

  private func refusal(of request: Request, _ server: Server) -> Answer? {
    if let token {
      switch request.query["delegation"].map(Self.decoded) {
      case token: return nil
      case nil:
        return Answer(
          401, headers: ["WWW-Authenticate": "Negotiate"], body: Array("<html>Authentication required".utf8))
      default:
        return Self.exception(
          403, "SecurityException",
          "Failed to obtain user group information: "
            + "org.apache.hadoop.security.token.SecretManager$InvalidToken: token (pegasus) is expired")
      }
    }
    let user = request.query["user.name"].map(Self.decoded)
    if server == .gateway, user == nil {
      return Answer(401, headers: ["WWW-Authenticate": "PseudoAuth"], body: Array("<html>Authentication required".utf8))
    }
    guard let owner, user != owner else { return nil }
    return Self.exception(
      403, "AccessControlException",
      "Permission denied: user=\(user ?? "dr.who"), access=EXECUTE, "
        + "inode=\"/base\":\(owner):supergroup:drwx------")
  }

  /// An `IOException`: name nodes and data nodes say 403, gateways 500.
  private func failed(_ exception: String, _ message: String, _ server: Server) -> Answer {
    Self.exception(server == .gateway ? 500 : 403, exception, message)
  }

  private func list(_ path: String) -> Answer {
    guard let status = tree.status(path) else { return missing(path) }
    let entries =
      tree.isDirectory(path)
      ? tree.names(in: path).compactMap { tree.status(path == "/" ? "/\($0)" : "\(path)/\($0)", name: $0) } : [status]
    return Self.json(["FileStatuses": .object(["FileStatus": .array(entries)])])
  }

  private func open(_ path: String, _ request: Request, _ server: Server) -> Answer {
    guard let bytes = tree.contents(path) else { return missing(path) }
    let offset = Int(request.query["offset"] ?? "0") ?? 0
    if offset < 0 || offset >= bytes.count, !bytes.isEmpty {
      return failed("IOException", "Offset=\(offset) out of the range [0, \(bytes.count)); OPEN, path=\(path)", server)
    }
    if server == .name { return redirect(request) }
    let length = Int(request.query["length"] ?? "") ?? bytes.count
    var answer = Answer(
      200, headers: ["Content-Type": "application/octet-stream"], body: Array(bytes.dropFirst(offset).prefix(length)))
    // A gateway does not tell the length, a data node closes the connection.
    if server == .gateway { answer.isChunked = true } else { answer.closes = true }
    return answer
  }

  private func create(_ path: String, _ request: Request, _ server: Server) -> Answer {
    switch server {
    case .standby, .name: return request.body.isEmpty ? redirect(request) : Answer(400)
    case .gateway where request.query["data"] != "true":
      return Answer(307, headers: ["Location": "\(gatewayAddress)\(request.path)?\(Self.query(request))&data=true"])
    case .gateway:
      guard request.headers["content-type"] == "application/octet-stream" else {
        return Answer(400, body: Array("Data upload requests must have content-type set to '…'".utf8))
      }
    case .data: break
    }
    if tree.contents(path) != nil, request.query["overwrite"] != "true" {
      return failed("FileAlreadyExistsException", "\(path) for client 127.0.0.1 already exists", server)
    }
    if let quota {
      let present = tree.files().reduce(0) { $0 + (tree.contents($1)?.count ?? 0) } + request.body.count
      if present > quota {
        return failed(
          "DSQuotaExceededException",
          "The DiskSpace quota of /base is exceeded: quota = \(quota) B = \(quota) B but diskspace consumed = \(present) B",
          server)
      }
    }
    guard (try? tree.write(path, request.body)) != nil else { return failed("IOException", "cannot write", server) }
    var answer = Answer(201, headers: ["Location": "hdfs://127.0.0.1:8020\(path)"])
    if case .data = server { answer.continues = true }
    return answer
  }

  /// To the first data node, or to the next one when the host of the first is to be left out.
  private func redirect(_ request: Request) -> Answer {
    let hosts = ["127.0.0.1", "localhost"]
    let excluded =
      request.query["excludedatanodes"].map { Self.decoded($0).split(separator: ",").map(String.init) } ?? []
    guard let number = hosts.indices.first(where: { !excluded.contains(hosts[$0]) }) else {
      return Self.exception(
        403, "IOException", "Failed to find datanode, suggest to check cluster health. excludeDatanodes=\(excluded)")
    }
    return Answer(
      307,
      headers: [
        "Location": "http://\(hosts[number]):\(dataNodes[number].port)\(request.path)?\(Self.query(request))"
          + "&namenoderpcaddress=127.0.0.1:8020"
      ])
  }

  private func missing(_ path: String) -> Answer {
    Self.exception(404, "FileNotFoundException", "File does not exist: \(path)\nat java.lang.Something")
  }

  private static func query(_ request: Request) -> String {
    request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
  }

  private static func json(_ members: KeyValuePairs<String, JSONValue>) -> Answer {
    Answer(
      200, headers: ["Content-Type": "application/json"], body: Array(JSONValue.object(members).text(indent: nil).utf8))
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
