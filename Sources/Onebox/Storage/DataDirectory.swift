internal import Glibc
internal import StorageEngine

/// The directory of one onebox, held by this process alone while this object lives.
package final class DataDirectory: Sendable {
  package let path: String
  private let lock: Int32

  /// Another process uses the directory.
  package struct InUse: Error, CustomStringConvertible {
    package let path: String
    /// The process that has it, when it is known.
    package let processID: Int32?
    package var description: String {
      let owner = processID.map { "process \($0)" } ?? "another process"
      return "data directory \(path) is in use by \(owner)"
    }
  }

  /// Creates the directory when it is missing and locks it. Throws `InUse` or `FileError`.
  package init(_ path: String) throws {
    try Files.makeDirectories(path)
    let file = path + "/LOCK"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: file, code: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      guard reason == EWOULDBLOCK else { throw FileError(operation: "lock", path: file, code: reason) }
      let owner = (try? Files.read(file)).flatMap { $0 }.map { String(decoding: $0, as: UTF8.self) }
      throw InUse(path: path, processID: owner.flatMap { Int32($0.filter { $0.isNumber }) })
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    pwrite(descriptor, text, text.count, 0)
    self.path = path
    self.lock = descriptor
  }

  deinit { close(lock) }

  /// Where the meta server keeps its tables.
  var metaFile: String { "\(path)/meta/state.json" }
  /// Tells clients of the directory which process serves it on which ports.
  package var readyFile: String { "\(path)/onebox.json" }

  /// The directory of one partition: where it already is under any replica server, or else under server `home`.
  func partitionDirectory(tableID: Int32, index: Int32, home: Int) -> String {
    let name = "\(tableID).\(index).pegasus"
    let wanted = "\(path)/replica\(home + 1)/\(name)"
    if Files.exists(wanted) { return wanted }
    for server in Files.names(in: path) where server.hasPrefix("replica") {
      let candidate = "\(path)/\(server)/\(name)"
      if Files.exists(candidate) { return candidate }
    }
    return wanted
  }
}
