import Glibc
import StorageEngine
import Synchronization

/// The directory of a run and the processes that belong to it: gone when the run ends, however it ends.
final class Workspace: Sendable {
  let path: String
  /// Whether the directory was made here.
  private let isOurs: Bool
  private let processes = Mutex<Set<Int32>>([])

  /// Makes `directory`, which must not hold anything, or a new one.
  init(_ directory: String?) throws(BenchError) {
    if let directory {
      isOurs = mkdir(directory, 0o755) == 0
      guard isOurs || errno == EEXIST else { throw BenchError("\(directory): \(String(cString: strerror(errno)))") }
      path = Self.absolute(directory)
      guard isOurs || Files.names(in: path).isEmpty else { throw BenchError("\(directory) is not empty") }
    } else {
      let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      var template = Array("\(parent)/pegasus-bench.XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { throw BenchError("\(parent): \(String(cString: strerror(errno)))") }
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      isOurs = true
    }
  }

  private static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The program of that name beside this one.
  static func program(_ name: String) throws(BenchError) -> String {
    let own = absolute("/proc/self/exe")
    let directory = own.lastIndex(of: "/").map { own[..<$0] } ?? "."
    let path = "\(directory)/\(name)"
    guard access(path, X_OK) == 0 else {
      throw BenchError("there is no \(path); 'swift build -c release --static-swift-stdlib' builds it")
    }
    return path
  }

  static var ownProgram: String { absolute("/proc/self/exe") }

  func subdirectory(_ name: String) throws(BenchError) -> String {
    let path = "\(path)/\(name)"
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw BenchError("\(path): \(String(cString: strerror(errno)))")
    }
    return path
  }

  func write(_ text: String, to name: String) throws(BenchError) -> String {
    let path = "\(path)/\(name)"
    guard let file = fopen(path, "w") else { throw BenchError("\(path): \(String(cString: strerror(errno)))") }
    fputs(text, file)
    guard fclose(file) == 0 else { throw BenchError("\(path): \(String(cString: strerror(errno)))") }
    return path
  }

  // MARK: Processes

  func started(_ process: Int32) { processes.withLock { _ = $0.insert(process) } }

  /// To be called by whoever has waited for it.
  func ended(_ process: Int32) { processes.withLock { _ = $0.remove(process) } }

  /// Kills what still runs and removes the directory's contents, and the directory when it was made here.
  func remove() {
    let left = processes.withLock { processes in
      defer { processes = [] }
      return processes
    }
    for process in left { kill(process, SIGKILL) }
    for process in left { waitpid(process, nil, 0) }
    for name in Files.names(in: path) { Files.removeTree("\(path)/\(name)") }
    if isOurs { rmdir(path) }
  }
}
