import EventLoop
import TestSupport

/// A configuration with two embedded clusters on free ports, and the shell to run with it.
struct ShellFixture {
  let directory = TemporaryDirectory("shell")
  let configuration: String
  let environment: [String: String]

  /// Runs a test and stops the clusters that it started.
  static func use(_ body: (ShellFixture) async throws -> Void) async throws {
    let fixture = try await ShellFixture()
    do {
      try await body(fixture)
    } catch {
      _ = try? await fixture.run("onebox stop")
      throw error
    }
    try await fixture.run("onebox stop")
  }

  private init() async throws {
    let ports = try await freePorts(7)
    environment = [
      "HOME": directory.path, "XDG_STATE_HOME": directory.file("state"), "TERM": "xterm-256color", "LANG": "C.UTF-8",
      "PATH": "/usr/bin:/bin",
    ]
    configuration = directory.write(
      "shell.ini",
      """
      [pegasus.clusters]
      ClusterA = 127.0.0.1:\(ports[0])
      ClusterB = 127.0.0.1:\(ports[1])
      Dead = 127.0.0.1:\(ports[6])

      [onebox.ClusterA]
      meta_port = \(ports[0])
      replica_ports = \(ports[2]),\(ports[3])
      data_dir = A

      [onebox.ClusterB]
      meta_port = \(ports[1])
      replica_ports = \(ports[4]),\(ports[5])
      data_dir = B

      """)
  }

  /// Adds to the configuration.
  func append(_ text: String) {
    _ = directory.write("shell.ini", (directory.read("shell.ini") ?? "") + "\n" + text)
  }

  static var shell: String { BuiltPrograms.path("pegasus-shell") }

  /// Runs commands through standard input, to the end.
  @discardableResult
  func run(_ script: String, _ arguments: [String] = []) async throws -> ChildProcess.Outcome {
    try await ChildProcess.run(
      Self.shell, ["--config", configuration] + arguments, input: script + "\n", environment: environment,
      directory: directory.path)
  }

  /// The shell on a terminal, at its prompt.
  func terminal(_ arguments: [String] = [], columns: Int = 120) async throws -> ChildProcess {
    let child = try ChildProcess(
      Self.shell, ["--config", configuration] + arguments, columns: columns, rows: 30, environment: environment,
      directory: directory.path)
    try await child.read(until: "> ")
    return child
  }
}

extension String {
  /// Without escape sequences.
  var plain: String {
    var out = String.UnicodeScalarView()
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\u{1B}" else {
        out.append(scalar)
        continue
      }
      guard rest.first == "[" else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst().drop { !("@"..."~").contains($0) }.dropFirst()
    }
    return String(out)
  }
}
