import Glibc

/// Directories with what is in them.
enum FileTree {
  /// Bytes on disk, links not followed.
  static func size(of path: String) -> UInt64 {
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    let own = UInt64(max(0, status.st_blocks)) * 512
    guard status.st_mode & S_IFMT == S_IFDIR else { return own }
    return names(in: path).reduce(own) { $0 + size(of: path + "/" + $1) }
  }

  /// Removes a file or a directory; one that is not there is fine.
  ///
  /// - Throws: `ShellError` that names the first thing that cannot be removed
  static func remove(_ path: String) throws(ShellError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    let isDirectory = status.st_mode & S_IFMT == S_IFDIR
    if isDirectory {
      for name in names(in: path) { try remove(path + "/" + name) }
    }
    guard (isDirectory ? rmdir(path) : unlink(path)) == 0 else {
      let code = errno
      throw ShellError("cannot remove \(path): \(String(cString: strerror(code)))")
    }
  }

  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
