import CommandLineKit
import Configuration
import EventLoop
import Jobs
import Onebox
import PegasusClient
import RPC
import Terminal
import TestSupport

@testable import ShellCommands

/// A onebox in this process, a session that talks to it, and what its commands print.
@LoopActor
final class CommandBench {
  struct Result {
    var output: String
    var messages: String
    var error: ShellError?

    /// Result lines.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
  }

  let directory: TemporaryDirectory
  let server: OneboxServer
  /// The cluster `B`, with the same storage; nil without one.
  let second: OneboxServer?
  let session: Session
  let input = ScriptedInput()
  private var seen = (output: 0, messages: 0)

  /// Starts a onebox, makes the table `t1` and chooses it. `sections`: what else is in the configuration.
  init(
    partitions: Int32 = 4, isJSON: Bool = false, isInteractive: Bool = false, assumesYes: Bool = true,
    statesProduction: Bool = false, isJournaled: Bool = false, hasSecond: Bool = false, sections: String = "",
    adjust: (inout OneboxOptions) -> Void = { _ in }, adjustSecond: (inout OneboxOptions) -> Void = { _ in }
  ) async throws {
    directory = TemporaryDirectory("commands")
    var options = OneboxOptions(dataDirectory: directory.file("data"))
    options.metaPort = 0
    options.replicaPorts = [0, 0, 0]
    options.storageRound = .milliseconds(50)
    adjust(&options)
    server = OneboxServer(options: options)
    try await server.start()
    if hasSecond {
      options = OneboxOptions(dataDirectory: directory.file("second"))
      options.metaPort = 0
      options.replicaPorts = [0, 0, 0]
      options.clusterName = "onebox2"
      options.clusterID = 2
      options.storageRound = .milliseconds(50)
      options.blockServices["local_service"] = directory.file("data/block_service")
      adjustSecond(&options)
      let second = OneboxServer(options: options)
      try await second.start()
      self.second = second
    } else {
      second = nil
    }
    var sessionOptions = SessionOptions()
    sessionOptions.isJSON = isJSON
    sessionOptions.isInteractive = isInteractive
    sessionOptions.assumesYes = assumesYes
    let output = ShellOutput(
      isJSON: isJSON, results: try OutputStream(path: directory.file("out")),
      messages: try OutputStream(path: directory.file("err")))
    var cluster = ClusterDefinition(
      name: "A", metas: [ServerAddress(host: "127.0.0.1", port: server.metaPort)],
      role: statesProduction ? .production : .test)
    cluster.statesRole = statesProduction
    // A home of its own: two benches never work in one directory, and nothing stays behind.
    let directories = UserDirectories(environment: Environment(["HOME": directory.file("home")]))
    // Jobs find their clusters by name.
    let configuration = try ShellConfiguration(
      path: directory.write(
        "shell.ini",
        """
        [pegasus.clusters]
        A = 127.0.0.1:\(server.metaPort)
        \(second.map { "B = 127.0.0.1:\($0.metaPort)" } ?? "")
        [block_service.local_service]
        type = local_service
        args = \(directory.file("data/block_service"))

        """ + (statesProduction ? "[cluster.A]\nrole = production\n" : "") + sections), directories: directories)
    session = Session(
      configuration: configuration, options: sessionOptions, output: output, registry: shellCommands,
      input: input, cluster: cluster, directories: directories,
      jobsDirectory: isJournaled ? directory.file("jobs") : nil)
    _ = try await session.cluster().createTable("t1", partitionCount: partitions, replicaCount: 3)
    session.tableName = "t1"
  }

  /// Another shell on the same journal: it has no cluster of its own, and prints to where this one does.
  func anotherSession() -> Session {
    let other = Session(
      configuration: session.configuration, options: session.options, output: session.output,
      registry: shellCommands, input: input, cluster: session.definition, directories: session.directories,
      jobsDirectory: directory.file("jobs"))
    other.tableName = session.tableName
    return other
  }

  /// Runs one line, as the program does; in this session, or another one.
  @discardableResult
  func run(_ line: String, in other: Session? = nil) async -> Result {
    let session = other ?? session
    var failure: ShellError?
    do {
      let statement = try Tokenizer.statement(line)
      switch try session.registry.resolve(statement.tokens) {
      case .command(let command):
        try session.begin(command, line: line, isBackground: statement.isBackground)
        try await command.run(in: session)
      case .help: throw UsageError("help was asked for")
      }
    } catch {
      failure = ShellError(error)
    }
    session.output.flush()
    let output = directory.read("out") ?? ""
    let messages = directory.read("err") ?? ""
    defer { seen = (output.utf8.count, messages.utf8.count) }
    return Result(
      output: String(decoding: output.utf8.dropFirst(seen.output), as: UTF8.self),
      messages: String(decoding: messages.utf8.dropFirst(seen.messages), as: UTF8.self), error: failure)
  }

  /// Where the storage of the provider `local_service` is.
  var storage: String { directory.file("data/block_service") }

  /// Closes everything.
  func stop() async throws {
    await session.jobs.close()
    try session.cluster().close()
    if let second {
      try await session.cluster(named: "B").close()
      await second.stop()
    }
    await server.stop()
  }
}

/// Runs `body` with a bench that is stopped afterwards.
@LoopActor
func withBench(
  partitions: Int32 = 4, isJSON: Bool = false, isInteractive: Bool = false, assumesYes: Bool = true,
  statesProduction: Bool = false, isJournaled: Bool = false, hasSecond: Bool = false, sections: String = "",
  adjust: (inout OneboxOptions) -> Void = { _ in }, adjustSecond: (inout OneboxOptions) -> Void = { _ in },
  _ body: @LoopActor (CommandBench) async throws -> Void
) async throws {
  let bench = try await CommandBench(
    partitions: partitions, isJSON: isJSON, isInteractive: isInteractive, assumesYes: assumesYes,
    statesProduction: statesProduction, isJournaled: isJournaled, hasSecond: hasSecond, sections: sections,
    adjust: adjust, adjustSecond: adjustSecond)
  do {
    try await body(bench)
  } catch {
    try await bench.stop()
    throw error
  }
  try await bench.stop()
}
