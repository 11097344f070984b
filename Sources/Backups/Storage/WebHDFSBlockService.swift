import BackupLayout
package import EventLoop
import HTTP
import StorageEngine

/// An `hdfs_service`, reached through WebHDFS or HttpFS (Hadoop 2.x and 3.x): the name node is asked, and its redirection
/// to a data node followed. Nothing is written down beside the files, as servers do not: an MD5 is known to whoever reads.
///
/// Questions are repeated when nobody answers, the answer breaks off or the server has an error of its own, also at the
/// next address: of two name nodes one is on stand-by. A data node that fails is left out when the name node is asked
/// again.
package final class WebHDFSBlockService: BlockService {
  /// How patient it is.
  package struct Options: Sendable {
    /// Of a question without a file in it.
    package var timeout = Duration.seconds(30)
    /// Bytes read with one request.
    package var slice: Int64 = 32 << 20
    /// Before each repetition, until there was an answer for the first time: a wrong address is told soon.
    package var pauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(4)]
    /// Before each repetition from then on: a name node takes its time to take over.
    package var laterPauses: [Duration] = [.milliseconds(250), .seconds(1), .seconds(4), .seconds(15), .seconds(60)]
    /// How long nothing may move while a file travels.
    package var stallTimeout = Duration.seconds(60)

    package init() {}
  }

  package nonisolated let name: String
  package nonisolated let root: String
  private let addresses: [String]
  private let access: WebHDFSAccess
  private let options: Options
  /// The address that answered last.
  private var current = 0
  private var hasAnswered = false

  /// `addresses`: `http://host:port` each, at least one. `root`: the directory that all paths are below.
  package nonisolated init(
    name: String, addresses: [String], root: String = "/", access: WebHDFSAccess = .anonymous,
    options: Options = Options()
  ) {
    self.name = name
    self.addresses = addresses
    self.root = root
    self.access = access
    self.options = options
  }

  package nonisolated var summary: String {
    "hdfs_service \(addresses.first ?? "without an address") \(root)"
  }

  package nonisolated func localPath(_ path: String) -> String? { nil }

  package func list(_ directory: String) async throws(BlockServiceError) -> [BlockEntry] {
    let answer = try await ask("list", directory) { WebHDFSQuestion("LISTSTATUS", limit: 256 << 20) }
    let list = try WebHDFSReply.read(answer, "list", WebHDFSStatus.list)
    if list.contains(where: \.name.isEmpty) {
      throw BlockServiceError(.notFound, "list", answer.url, "it is a file, not a directory")
    }
    return list.map { BlockEntry(name: $0.name, isDirectory: $0.isDirectory, size: $0.size) }
      .sorted { $0.name < $1.name }
  }

  package func stat(_ path: String) async throws(BlockServiceError) -> BlockFile {
    let answer = try await ask("look at", path) { WebHDFSQuestion("GETFILESTATUS") }
    let entry = try WebHDFSReply.read(answer, "look at", WebHDFSStatus.init(contents:))
    guard !entry.isDirectory else {
      throw BlockServiceError(.notFound, "look at", answer.url, "it is a directory, not a file")
    }
    return BlockFile(size: entry.size)
  }

  package func read(
    _ path: String, into sink: any ByteSink, gate: Gate? = nil, progress: (@LoopActor (Int64) -> Void)? = nil
  ) async throws(BlockServiceError) {
    let size = try await stat(path).size
    var told = sink.count
    while sink.count < size {
      try await pass(gate, "read", path)
      let end = min(sink.count + options.slice, size)
      let answer = try await ask("read", path, until: { sink.count >= end }, into: sink) {
        WebHDFSQuestion("OPEN", [("offset", "\(sink.count)"), ("length", "\(end - sink.count)")], isLong: true)
      }
      guard sink.count == end else {
        throw BlockServiceError(.damaged, "read", answer.url, "more bytes came than were asked for")
      }
      progress?(sink.count - told)
      told = sink.count
    }
  }

  package func write(_ path: String, _ bytes: [UInt8]) async throws(BlockServiceError) {
    try await create(path, .bytes(bytes), size: Int64(bytes.count))
  }

  package func upload(_ file: String, md5: String, to path: String) async throws(BlockServiceError) {
    let size: Int64
    do {
      size = try await BlockingPool.run { try LocalTree.size(file) ?? 0 }
    } catch {
      throw (error as? FileError).map { BlockServiceError($0, "write") }
        ?? BlockServiceError(.other, "write", file, "\(error)")
    }
    try await create(path, .file(file), size: size)
    await BlockingPool.run { Files.removeTree(file) }
  }

  package func delete(_ path: String) async throws(BlockServiceError) {
    do throws(BlockServiceError) {
      _ = try await ask("delete", path) { WebHDFSQuestion("DELETE", [("recursive", "true")], method: "DELETE") }
    } catch {
      if error.kind != .notFound { throw error }
    }
  }

  /// The name node is asked for a place first, without the contents; then they go there.
  private func create(_ path: String, _ body: HTTPCall.Body, size: Int64) async throws(BlockServiceError) {
    var attempt = 0
    var nodes = DataNodeChoice()
    while true {
      let left = nodes.parameters
      let answer = try await ask("write", path) {
        WebHDFSQuestion("CREATE", [("overwrite", "true")] + left, method: "PUT", follows: false)
      }
      // A gateway may take the contents itself.
      let place = answer.headers["location"] ?? answer.url + "&data=true"
      var error: BlockServiceError
      do throws(BlockServiceError) {
        try await send(body, to: place)
        let stored = try await stat(path).size
        if stored == size { return }
        error = BlockServiceError(.truncated, "write", place, "\(stored) of \(size) bytes are there afterwards")
      } catch let failure {
        error = failure
      }
      guard WebHDFSReply.isWorthRepeating(error), attempt < options.laterPauses.count else { throw error }
      nodes.leaveOut(place, whenNot: addresses)
      try await rest(options.laterPauses[attempt])
      attempt += 1
    }
  }

  private func send(_ body: HTTPCall.Body, to place: String) async throws(BlockServiceError) {
    var call = HTTPCall("PUT", place)
    call.body = body
    call.stallTimeout = options.stallTimeout
    call.headers = [("Content-Type", "application/octet-stream")]
    let answer = try await transfer(call, "write", into: nil)
    if !answer.isSuccess { throw WebHDFSReply.failure(answer, "write", access, provider: name) }
  }

  // MARK: Asking

  /// Asks until there is an answer. `until`: whether everything has come, for answers that may break off unnoticed.
  private func ask(
    _ operation: String, _ path: String, until isWhole: @LoopActor () -> Bool = { true },
    into sink: (any ByteSink)? = nil, _ question: @LoopActor () -> WebHDFSQuestion
  ) async throws(BlockServiceError) -> HTTPAnswer {
    guard !addresses.isEmpty else {
      throw BlockServiceError(
        .invalid, operation, path,
        "it is not known where WebHDFS answers; add 'http = <name node>:9870' to [block_service.\(name)] of the shell's "
          + "configuration")
    }
    guard StoragePath.staysInside(path) else {
      throw BlockServiceError(.invalid, operation, path, "the path leaves the storage's root")
    }
    var attempt = 0
    var refusals = 0
    var nodes = DataNodeChoice()
    var come = sink?.count ?? 0
    while true {
      let asked = current
      let error: BlockServiceError
      do throws(BlockServiceError) {
        let identity = try await access.parameter(operation)
        var question = question()
        if question.isLong { question.parameters += nodes.parameters }
        let call = question.call(
          address: addresses[asked], path: StoragePath.join(root, path), identity: identity, options)
        let answer = try await transfer(call, operation, into: sink)
        guard answer.isSuccess || (!call.followsRedirects && answer.status == 307) else {
          throw WebHDFSReply.failure(answer, operation, access, provider: name)
        }
        hasAnswered = true
        if isWhole() { return answer }
        error = BlockServiceError(.truncated, operation, answer.url, "the answer broke off")
      } catch let failure {
        error = failure
      }
      guard WebHDFSReply.isWorthRepeating(error) else { throw error }
      if let count = sink?.count, count > come { (come, attempt) = (count, 0) }
      if nodes.leaveOut(error.place, whenNot: addresses) {
        // The name node is well: it is asked again.
      } else {
        // Nobody there, or one on stand-by: the others are asked at once, all of them once before a pause.
        nodes = DataNodeChoice()
        if current == asked { current = (asked + 1) % addresses.count }
        refusals += 1
        if refusals % addresses.count != 0 { continue }
      }
      let pauses = hasAnswered ? options.laterPauses : options.pauses
      guard attempt < pauses.count else { throw error }
      try await rest(pauses[attempt])
      attempt += 1
    }
  }

  private func transfer(
    _ call: HTTPCall, _ operation: String, into sink: (any ByteSink)?
  ) async throws(BlockServiceError) -> HTTPAnswer {
    do throws(HTTPFailure) {
      return try await HTTPClient.send(call, into: sink)
    } catch {
      if error.kind == .refused, let full = (sink as? FileSink)?.failure { throw BlockServiceError(full, operation) }
      throw BlockServiceError(error, operation)
    }
  }

  private func rest(_ pause: Duration) async throws(BlockServiceError) {
    do {
      try await loopSleep(pause)
    } catch {
      throw BlockServiceError(.cancelled, "wait for", name, "cancelled")
    }
  }
}
