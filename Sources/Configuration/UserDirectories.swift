import Glibc

/// Where this user's configuration, state and data lie (XDG base directories).
package struct UserDirectories: Sendable, Equatable {
  /// `$XDG_CONFIG_HOME/pegasus-shell`, by default `~/.config/pegasus-shell`.
  package let configuration: String
  /// `$XDG_STATE_HOME/pegasus-shell`, by default `~/.local/state/pegasus-shell`: history, journals, logs.
  package let state: String
  /// `$XDG_DATA_HOME/pegasus-shell`, by default `~/.local/share/pegasus-shell`: data of embedded clusters.
  package let data: String
  package let home: String

  package init(environment: Environment = .process) {
    let home = environment["HOME"] ?? Self.passwordHome() ?? "/"
    func base(_ variable: String, _ fallback: String) -> String {
      let value = environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
      return Path.join(value ?? Path.join(home, fallback), "pegasus-shell")
    }
    self.home = home
    configuration = base("XDG_CONFIG_HOME", ".config")
    state = base("XDG_STATE_HOME", ".local/state")
    data = base("XDG_DATA_HOME", ".local/share")
  }

  /// Makes the state directory, readable by this user only, and gives its path.
  package func makeState() throws(ConfigurationError) -> String {
    try Path.makeDirectory(state, mode: 0o700)
    chmod(state, 0o700)
    return state
  }

  private static func passwordHome() -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 4096)
    guard getpwuid_r(getuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil, let home = entry.pw_dir else {
      return nil
    }
    return String(cString: home)
  }
}
