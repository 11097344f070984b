internal import Glibc

/// Small file operations that tell why they failed.
package enum Files {
  /// Makes `path` and its missing parents.
  package static func makeDirectories(_ path: String) throws(FileError) {
    var built = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      built += (built.isEmpty || built.hasSuffix("/") ? "" : "/") + part
      if mkdir(built, 0o755) != 0, errno != EEXIST {
        throw FileError(operation: "create directory", path: built, code: errno)
      }
    }
  }

  /// Whether there is something of that name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The contents; nil when there is no such file.
  package static func read(_ path: String) throws(FileError) -> [UInt8]? {
    // A pipe of that name must not keep us waiting for whoever writes into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(operation: "open", path: path, code: errno)
    }
    defer { close(descriptor) }
    var contents: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError(operation: "read", path: path, code: errno)
      }
      if count == 0 { return contents }
      contents += chunk[..<count]
    }
  }

  /// Replaces `path` so that after a crash or a power cut it has the old contents or the new, never a mixture. Without
  /// `syncsDirectory` a power cut may bring the old ones back, until something else has the directory synced.
  package static func replace(
    _ path: String, with contents: [UInt8], syncsDirectory: Bool = true
  ) throws(FileError) {
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(operation: "create", path: temporary, code: errno) }
    var failure = write(contents, to: descriptor)
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    close(descriptor)
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw FileError(operation: "write", path: path, code: failure)
    }
    if syncsDirectory { syncDirectory(of: path) }
  }

  private static func write(_ contents: [UInt8], to descriptor: Int32) -> Int32 {
    var written = 0
    while written < contents.count {
      let count = contents.withUnsafeBytes { bytes in
        Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      written += count
    }
    return 0
  }

  private static func syncDirectory(of path: String) {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Names in a directory, without `.` and `..`; empty when it cannot be read.
  package static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a file or a directory with all that is in it. Missing is fine.
  package static func removeTree(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { removeTree("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// Free and total bytes of the file system that holds `path`; nil when it cannot be asked.
  package static func space(at path: String) -> (free: UInt64, total: UInt64)? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return (UInt64(status.f_bavail) * UInt64(status.f_frsize), UInt64(status.f_blocks) * UInt64(status.f_frsize))
  }
}
