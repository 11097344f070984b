import BackupLayout
import Bytes
import EventLoop
import Foundation
import Glibc
import JSON
import PegasusClient
import TestSupport
import Testing

/// Two clusters with one storage between them, each a process of its own, and the shell to work on them.
@LoopActor
final class StorageBench {
  static let rows = 3000
  /// The split of the newest backup of `users` for the table `wide`.
  static let split = "offline_split -b local_service -a users --to_cluster target --to_table wide --to_root bulk"
  static let load = "start_bulk_load -a wide -c target -p local_service -r bulk --wait"

  let directory = TemporaryDirectory("storage-bench")
  /// Where the storage is.
  let storage: String
  let source: OneboxProcess
  let target: OneboxProcess
  private let configuration: String

  /// - Parameters:
  ///   - round: how often the clusters look after backups, restores and loads, in milliseconds
  ///   - storage: a directory for the storage; nil: a fresh one
  ///   - second: a directory for another storage, `second`
  ///   - targetDirectory: where the target's data is
  ///   - targetOptions: more options that the target is started with, every time
  init(
    round: Int = 20, storage: String? = nil, second: String? = nil, targetDirectory: String? = nil,
    targetOptions: [String] = []
  ) async throws {
    self.storage = storage ?? directory.file("storage")
    var options = [
      "--block_service", "local_service=\(self.storage)", "--storage_round_ms", "\(round)", "--min_free_megabytes", "1",
    ]
    if let second { options += ["--block_service", "second=\(second)"] }
    source = try await OneboxProcess("source", options: options)
    target = try await OneboxProcess("target", options: options + targetOptions, directory: targetDirectory)
    configuration = directory.write(
      "shell.ini",
      """
      [pegasus.clusters]
      source = 127.0.0.1:\(source.metaPort)
      target = 127.0.0.1:\(target.metaPort)

      [block_service.local_service]
      type = local_service
      args = \(self.storage)

      """)
    if let second { configure("[block_service.second]\ntype = local_service\nargs = \(second)") }
  }

  /// Adds to the configuration of the shell.
  func configure(_ text: String) {
    _ = directory.write("shell.ini", (directory.read("shell.ini") ?? "") + "\n" + text + "\n")
  }

  private var environment: [String: String] {
    [
      "HOME": directory.path, "XDG_STATE_HOME": directory.file("state"), "TERM": "xterm-256color", "LANG": "C.UTF-8",
      "PATH": "/usr/bin:/bin",
    ]
  }

  // MARK: The shell

  /// Runs lines to their end.
  ///
  /// - Parameter isPrivileged: false: by somebody who may not read everything, even when the tests run as root
  @discardableResult
  func run(_ lines: String, isPrivileged: Bool = true) async throws -> ChildProcess.Outcome {
    let child = try start(lines, isPrivileged: isPrivileged)
    return try await child.outcome()
  }

  /// As `run`; the shell is left at work.
  func start(_ lines: String, isPrivileged: Bool = true) throws -> ChildProcess {
    var words = [ShellFixture.shell, "--config", configuration, "--yes", "-c"]
    words.append(lines.split(separator: "\n").joined(separator: "; "))
    if !isPrivileged, geteuid() == 0 {
      words = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] + words
    }
    let child = try ChildProcess(
      words[0], Array(words.dropFirst()), environment: environment, directory: directory.path)
    child.closeInput()
    return child
  }

  /// Runs lines that must end well, and answers what they print.
  @discardableResult
  func succeed(_ lines: String, _ location: SourceLocation = #_sourceLocation) async throws -> String {
    let outcome = try await run(lines)
    #expect(
      outcome.exit == .code(0), "\(lines): \(outcome.output) \(outcome.errorOutput)", sourceLocation: location)
    return outcome.output
  }

  /// Runs lines that must end with a status and with an error that says all of this, and leave no trap behind.
  @discardableResult
  func fail(
    _ lines: String, _ status: Int32 = 1, _ texts: String..., at location: SourceLocation = #_sourceLocation
  ) async throws -> ChildProcess.Outcome {
    let outcome = try await run(lines)
    #expect(
      outcome.exit == .code(status), "\(lines): \(outcome.output) \(outcome.errorOutput)", sourceLocation: location)
    for text in texts {
      #expect(
        outcome.errorOutput.contains(text), "\(lines): no '\(text)' in \(outcome.errorOutput)",
        sourceLocation: location)
    }
    return outcome
  }

  // MARK: Data

  /// A table `users` with rows in the source.
  ///
  /// - Parameter valueSize: bytes; a limit of 1 MB/s for each server is felt from some megabytes on
  func fill(_ table: String = "users", rows: Int = rows, valueSize: Int = 0) async throws {
    try await succeed(
      "create \(table) -p 4 -r 3\nuse \(table)\ngenerate_data -n \(rows) -t 0 --value_size \(valueSize)")
  }

  /// Backs `users` up and answers the backup's id.
  func backUp() async throws -> Int64 {
    let output = try await succeed("backup users local_service -j")
    return try #require(try JSONParser.parse(output.utf8)["backup_id"]?.integer)
  }

  /// The line that restores `users` in the target.
  static func restore(_ id: Int64, as name: String, path: String? = nil) -> String {
    "cc target\nrestore -c source -a users -i 1 -t \(id) -b local_service -n \(name)" + (path.map { " -r \($0)" } ?? "")
  }

  /// Compares a table of the target with `users`, row by row.
  func verify(_ table: String, rows: Int = rows, _ location: SourceLocation = #_sourceLocation) async throws {
    let output = try await succeed("use users\nverify_data -c target -a \(table) --delay 0", location)
    #expect(output == "OK\nVerify done, same: \(rows) rows.\n", "\(table)", sourceLocation: location)
  }

  /// The source has lost nothing.
  func verifySource(rows: Int = rows, _ location: SourceLocation = #_sourceLocation) async throws {
    let output = try await succeed("use users\ncount_data -c", location)
    #expect(output.contains("Count done, total \(rows) rows."), "\(output)", sourceLocation: location)
  }

  // MARK: What is left

  /// The newest jobs first, with what the journal knows of them.
  func jobs() async throws -> [JSONValue] {
    let output = try await run("jobs -j").output
    return try JSONParser.parse(output.utf8)["jobs"]?.elements.reversed() ?? []
  }

  /// Files and directories below a directory that fit.
  static func names(below root: String, where fits: (String) -> Bool) -> [String] {
    guard let all = FileManager.default.enumerator(atPath: root) else { return [] }
    return all.compactMap { $0 as? String }.filter(fits).sorted()
  }

  /// All files on the storage, without their marks.
  func storedFiles() -> [String] {
    Self.names(below: storage) { !$0.hasSuffix(".meta") && ($0.split(separator: "/").last ?? "").contains(".") }
  }

  /// What backups, restores and loads keep beside the data while they work.
  func leftovers(of cluster: OneboxProcess) -> [String] {
    Self.names(below: cluster.directory) { path in
      guard path.hasPrefix("replica") else { return false }
      return path.contains("/backup/") || path.contains("/bulk_load/") || path.contains(".restore")
    }
  }
}

extension JSONValue {
  /// A number that was written as an integer.
  var integer: Int64? {
    if case .integer(let number) = self { return number }
    return nil
  }
}
