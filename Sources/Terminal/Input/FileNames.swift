import Glibc

/// Names of files for completion.
package enum FileNames {
  /// The files and directories (with `/`) whose path begins with `prefix`; hidden ones only when their dot is typed.
  package static func beginning(with prefix: String, directoriesOnly: Bool = false, limit: Int = 500) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let typedDirectory = slash.map { String(prefix[...$0]) } ?? ""
    let start = slash.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
    var directory = typedDirectory.isEmpty ? "." : typedDirectory
    if directory.hasPrefix("~/"), let home = getenv("HOME") {
      directory = String(cString: home) + directory.dropFirst()
    }
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while names.count < limit, let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
        field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != "..", name.hasPrefix(start), !name.hasPrefix(".") || start.hasPrefix(".") else {
        continue
      }
      var status = stat()
      let isDirectory = stat(directory + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      if isDirectory || !directoriesOnly { names.append(typedDirectory + name + (isDirectory ? "/" : "")) }
    }
    return names.sorted()
  }
}
