import JSON
import Terminal
package import Configuration
import EventLoop
import Glibc
import Terminal

/// The process of one embedded cluster: finding, starting and stopping it. Every call here blocks; none runs on the loop.
package struct OneboxProcess: Sendable {
  package let name: String
  package let onebox: OneboxDefinition

  package init(name: String, onebox: OneboxDefinition) {
    self.name = name
    self.onebox = onebox
  }

  package var logFile: String { onebox.dataDirectory + "/onebox.log" }

  /// What a start came to.
  package struct Started: Sendable {
    package var processID: Int32
  }

  // MARK: Is it there?

  /// Whether something answers on the meta port.
  package var answers: Bool { Self.connects(host: onebox.listen, port: onebox.metaPort, milliseconds: 500) }

  /// The process that serves the data directory, if one does.
  package var processID: Int32? {
    for file in ["onebox.json", "LOCK", "starting.pid"] {
      guard let bytes = try? Path.read(onebox.dataDirectory + "/" + file) else { continue }
      let number: Int32?
      if let json = try? JSONParser.parse(bytes) {
        let member = json["process_id"] ?? json["pid"]
        number = (member ?? json).double.flatMap { Int32(exactly: $0) }
      } else {
        number = Int32(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
      }
      if let number, number > 1, Self.isOnebox(number) { return number }
    }
    return nil
  }

  /// A process that was started for the data directory and has not written that down yet. The shell that started it may
  /// have ended before it could.
  private var beginner: Int32? {
    guard let processes = opendir("/proc") else { return nil }
    defer { closedir(processes) }
    while let entry = readdir(processes) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let number = Int32(name), let line = try? Path.read("/proc/\(name)/cmdline") else { continue }
      let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      guard let place = words.firstIndex(of: "--data_dir") else { continue }
      if words.dropFirst(place + 1).first == onebox.dataDirectory, Self.isOnebox(number) { return number }
    }
    return nil
  }

  /// Seconds since the process began to serve.
  package var uptime: Int? {
    var status = stat()
    guard processID != nil, stat(onebox.dataDirectory + "/onebox.json", &status) == 0 else { return nil }
    return max(0, time(nil) - status.st_mtim.tv_sec)
  }

  private static func isOnebox(_ processID: Int32) -> Bool {
    guard kill(processID, 0) == 0 || errno == EPERM else { return false }
    // "123 (pegasus-onebox) S …": a number that another program got meanwhile is not ours to stop, and one that has ended
    // without being collected (Z) serves nobody.
    guard let bytes = try? Path.read("/proc/\(processID)/stat") else { return false }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.contains("(pegasus-onebox) ") && !text.contains(") Z ")
  }

  private static func connects(host: String, port: UInt16, milliseconds: Int32) -> Bool {
    let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, stream, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    let shown = host == "localhost" || host == "0.0.0.0" ? "127.0.0.1" : host
    guard inet_pton(AF_INET, shown, &address.sin_addr) == 1 else { return false }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, milliseconds) == 1 else { return false }
    var failure: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0 && failure == 0
  }

  // MARK: Starting

  /// Starts it when nothing answers on its port, and waits until it does.
  ///
  /// - Returns: nil when it was running already
  /// - Throws: `ShellError` with the end of the log when it does not come up within 10 s
  package func ensureRunning() throws(ShellError) -> Started? {
    if answers { return nil }
    let program = try Self.program()
    do {
      try Path.makeDirectory(onebox.dataDirectory, mode: 0o755)
    } catch {
      throw ShellError("embedded cluster '\(name)' cannot be started: \(error)")
    }
    let logStart = Self.size(of: logFile)
    let child = try spawn(program)
    // Known before the process has written its own files: a shell that stops it may come sooner.
    if let note = try? OutputStream(path: onebox.dataDirectory + "/starting.pid") { try? note.line("\(child)") }
    var hasEnded = false
    for step in 0..<2000 {
      // Another shell may be starting it at the same moment: then ours finds the directory locked and ends.
      if answers { return processID == child ? Started(processID: child) : nil }
      if !hasEnded, waitpid(child, nil, WNOHANG) == child { hasEnded = true }
      if hasEnded, step > 200, processID == nil { break }
      poll(nil, 0, 5)
    }
    if !hasEnded { kill(child, SIGTERM) }
    let tail = Self.tail(of: logFile, from: logStart)
    throw ShellError(
      "embedded cluster '\(name)' did not start" + (tail.isEmpty ? "" : "; its log says:\n\(tail)"),
      advice: "log: \(logFile)", status: .unreachable)
  }

  private var arguments: [String] {
    var list = [
      "--data_dir", onebox.dataDirectory, "--listen", onebox.listen, "--meta_port", String(onebox.metaPort),
      "--replica_ports", onebox.replicaPorts.map(String.init).joined(separator: ","), "--cluster_name", name,
    ]
    if onebox.sendsHostPorts { list.append("--host_ports") }
    if !onebox.duplicationGroup.isEmpty {
      let group = onebox.duplicationGroup.map { "\($0.key)=\($0.value)" }.sorted()
      list += ["--duplication_group", group.joined(separator: ",")]
    }
    for service in onebox.blockServices.sorted(by: { $0.key < $1.key }) {
      list += ["--block_service", "\(service.key)=\(service.value)"]
    }
    return list
  }

  /// `pegasus-onebox` beside the shell's own executable, else in PATH.
  private static func program() throws(ShellError) -> String {
    let beside = ConfigurationSearch.executable.map { Path.join(Path.directory(of: $0), "pegasus-onebox") }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    let inPath = path.split(separator: ":").map { Path.join(String($0), "pegasus-onebox") }
    guard let found = ([beside].compactMap { $0 } + inPath).first(where: { access($0, X_OK) == 0 }) else {
      throw ShellError(
        "pegasus-onebox is neither beside the shell (\(beside ?? "?")) nor in PATH",
        advice: "'swift build --product pegasus-onebox' builds it")
    }
    return found
  }

  /// In a session of its own, with its output in the log: it outlives the shell and its terminal.
  private func spawn(_ program: String) throws(ShellError) -> Int32 {
    let log = open(logFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    let code = errno
    guard log >= 0 else { throw ShellError("cannot open \(logFile): \(String(cString: strerror(code)))") }
    defer { close(log) }
    do {
      return try Spawn.start(
        program, arguments, directory: "/", streams: .descriptors(nil, log, log), newSession: true)
    } catch {
      throw ShellError("\(error)")
    }
  }

  // MARK: Stopping

  /// Asks the process to stop and waits until it has.
  ///
  /// - Returns: its number; nil when none ran
  /// - Throws: `ShellError` when it is still there after 15 s
  package func stop() throws(ShellError) -> Int32? {
    guard let processID = processID ?? beginner else { return nil }
    guard kill(processID, SIGTERM) == 0 || errno == ESRCH else {
      let code = errno
      throw ShellError("cannot stop process \(processID): \(String(cString: strerror(code)))")
    }
    for _ in 0..<1500 {
      // One that this shell started has to be collected, or it stays there as a zombie.
      waitpid(processID, nil, WNOHANG)
      if !Self.isOnebox(processID) { return processID }
      poll(nil, 0, 10)
    }
    throw ShellError("process \(processID) is still there 15 s after it was asked to stop", advice: "log: \(logFile)")
  }

  /// Removes everything in the data directory. The process has to be stopped.
  ///
  /// - Throws: `ShellError` that names what cannot be removed
  package func removeData() throws(ShellError) {
    if let processID { throw ShellError("process \(processID) still uses \(onebox.dataDirectory)") }
    try FileTree.remove(onebox.dataDirectory)
  }

  // MARK: The log

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static func tail(of path: String, from start: Int) -> String {
    guard let bytes = try? Path.read(path) else { return "" }
    let lines = bytes.dropFirst(start).split(separator: 0x0A).suffix(8)
    return lines.map { "  " + String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
  }
}
