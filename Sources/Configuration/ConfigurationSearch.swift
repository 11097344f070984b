import Glibc

/// Where the configuration is looked for when none is named.
package struct ConfigurationSearch: Sendable {
  /// The places, first one first: the current directory, the user's and the system's configuration, and the directories
  /// above the executable (a built checkout, or an installation with `share/pegasus-shell`).
  package let candidates: [String]

  package init(
    directories: UserDirectories = UserDirectories(), currentDirectory: String = ".",
    executable: String? = ConfigurationSearch.executable
  ) {
    var list = [
      Path.join(currentDirectory, "shell-config.ini"), Path.join(currentDirectory, "config.ini"),
      Path.join(directories.configuration, "config.ini"), "/etc/pegasus-shell.ini",
    ]
    if let executable {
      var directory = Path.directory(of: executable)
      for _ in 0..<6 where directory != "/" && directory != "." {
        list.append(Path.join(directory, "shell-config.ini"))
        list.append(Path.join(directory, "share/pegasus-shell/shell-config.ini"))
        directory = Path.directory(of: directory)
      }
    }
    candidates = list
  }

  /// The first place that has a configuration. A file there that has no `[pegasus.clusters]` and no `[onebox.…]` is
  /// somebody else's `config.ini` and passed over.
  package func locate() -> String? {
    candidates.first { path in
      guard Path.isRegularFile(path) else { return false }
      guard let bytes = try? Path.read(path) else { return true }
      let text = String(decoding: bytes, as: UTF8.self)
      return text.contains("[pegasus.clusters]") || text.contains("[onebox.")
    }
  }

  /// The path of the running program.
  package static var executable: String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { room in
      room.baseAddress.map { readlink("/proc/self/exe", $0, room.count) } ?? -1
    }
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
