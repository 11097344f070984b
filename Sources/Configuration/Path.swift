import Glibc

/// Names of files.
package enum Path {
  /// `base/name`, or `name` alone when it is absolute.
  package static func join(_ base: String, _ name: String) -> String {
    if name.hasPrefix("/") || base.isEmpty { return name }
    return base.hasSuffix("/") ? base + name : base + "/" + name
  }

  /// The directory that holds a file; `.` when its name has no `/`.
  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The absolute form; links are not resolved.
  package static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let current = getcwd(nil, 0) else { return path }
    defer { free(current) }
    return join(String(cString: current), path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  /// `~/…` with the home directory in place of `~`.
  package static func expandingHome(_ path: String, home: String) -> String {
    if path == "~" { return home }
    return path.hasPrefix("~/") ? join(home, String(path.dropFirst(2))) : path
  }

  package static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Makes a directory and those above it; one that exists is fine.
  package static func makeDirectory(_ path: String, mode: UInt32) throws(ConfigurationError) {
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw ConfigurationError("\(path) is in the way: a directory is expected there")
    }
    let parent = directory(of: path)
    if parent != path, parent != "." { try makeDirectory(parent, mode: 0o755) }
    if mkdir(path, mode) != 0 {
      let code = errno
      if code != EEXIST {
        throw ConfigurationError("cannot make the directory \(path): \(String(cString: strerror(code)))")
      }
    }
  }

  /// The bytes of a file of at most `limit` bytes.
  package static func read(_ path: String, limit: Int = 16 << 20) throws(ConfigurationError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw ConfigurationError(file: path, "cannot be read: \(String(cString: strerror(code)))")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      let code = errno
      if count < 0, code == EINTR { continue }
      guard count >= 0 else {
        throw ConfigurationError(file: path, "cannot be read: \(String(cString: strerror(code)))")
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      guard bytes.count <= limit else {
        throw ConfigurationError(file: path, "a file of at most \(limit) bytes is expected")
      }
    }
  }
}
