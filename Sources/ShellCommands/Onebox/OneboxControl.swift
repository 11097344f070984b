import Terminal
package import CommandLineKit
import EventLoop
import Configuration

/// `onebox`: the embedded clusters.
package struct OneboxControl: ShellCommand {
  package enum Action: String, CaseIterable, ParameterValue {
    case start, stop, status, reset
  }

  package static let name = "onebox"
  package static let summary = "start, stop, show or empty the embedded clusters"
  package static let group = "Embedded clusters"
  package static let effect = CommandEffect.local
  package static let mayAsk = true
  package static let discussion = """
    An embedded cluster has a section [onebox.<name>] in the configuration. It is a process of its own, pegasus-onebox, \
    that the shell starts when a command needs it and that goes on when the shell ends.

    reset stops it and removes its data directory; the next command starts it empty.
    """
  package static let parameters: [Parameter<Self>] =
    [
      .argument(\.action, "action", help: "what to do"),
      .argument(
        \.target, "cluster_name", help: "one cluster; all of them when left out (reset wants it)",
        completion: .cluster),
    ] + OutputOptions.parameters.nested(in: \.options)
  package static let examples = [
    CommandExample("onebox status", "which ones run, on which ports, with how much data"),
    CommandExample("onebox stop ClusterA", "stop one; its data stays"),
    CommandExample("onebox reset ClusterB", "remove its data, after a confirmation"),
    CommandExample("onebox reset ClusterB --yes", "the same without one"),
  ]

  package var action = Action.status
  package var target: String?
  package var options = OutputOptions()

  package init() {}

  package func validate() throws(UsageError) {
    if action == .reset, target == nil { throw UsageError("reset needs <cluster_name>", kind: .missingParameter) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let clusters = try chosen(session)
    switch action {
    case .start: try await start(clusters, session)
    case .stop: try await stop(clusters, session)
    case .status: try await status(clusters, session)
    case .reset: try await reset(clusters, session)
    }
  }

  @LoopActor
  private func chosen(_ session: Session) throws -> [OneboxProcess] {
    let all = session.configuration.clusters
    let known = all.filter { $0.onebox != nil }.map(\.name).joined(separator: ", ")
    if let target {
      guard let onebox = try session.find(target).onebox else {
        throw ShellError("cluster '\(target)' is not an embedded one (those are: \(known))", status: .usage)
      }
      return [OneboxProcess(name: target, onebox: onebox)]
    }
    let list = all.compactMap { cluster in
      cluster.onebox.map { OneboxProcess(name: cluster.name, onebox: $0) }
    }
    if list.isEmpty {
      throw ShellError(
        "no embedded cluster is configured", advice: "one has a section [onebox.<name>]", status: .usage)
    }
    return list
  }

  @LoopActor
  private func start(_ clusters: [OneboxProcess], _ session: Session) async throws {
    session.embedded.forgetState()
    for process in clusters {
      guard let definition = session.configuration.cluster(named: process.name) else { continue }
      try await session.embedded.ensureRunning(definition, output: session.output)
      session.output.line("embedded cluster \(process.name) is running")
    }
  }

  @LoopActor
  private func stop(_ clusters: [OneboxProcess], _ session: Session) async throws {
    for process in clusters {
      let processID = try await BlockingPool.run { () throws(ShellError) in try process.stop() }
      session.output.line(
        processID.map { "stopped embedded cluster \(process.name) (pid \($0)); its data stays" }
          ?? "embedded cluster \(process.name) was not running")
    }
    session.embedded.forgetState()
  }

  @LoopActor
  private func reset(_ clusters: [OneboxProcess], _ session: Session) async throws {
    for process in clusters {
      try await session.requireConfirmation(
        "Remove all data of embedded cluster '\(process.name)' in \(process.onebox.dataDirectory)?",
        effect: .destroys, typed: process.name)
      try await BlockingPool.run { () throws(ShellError) in
        _ = try process.stop()
        try process.removeData()
      }
      session.output.line("removed the data of embedded cluster \(process.name)")
    }
    session.embedded.forgetState()
  }

  @LoopActor
  private func status(_ clusters: [OneboxProcess], _ session: Session) async throws {
    let rows = await BlockingPool.run {
      clusters.map { process -> [Cell] in
        let processID = process.processID
        let state = processID != nil ? "running" : process.answers ? "port in use" : "stopped"
        return [
          .text(process.name), .text(state), processID.map { .integer($0) } ?? .missing,
          .integer(process.onebox.metaPort),
          .list(process.onebox.replicaPorts.map(String.init)), process.uptime.map { .integer($0) } ?? .missing,
          .number(Double(FileTree.size(of: process.onebox.dataDirectory)) / 1048576),
          .text(process.onebox.dataDirectory),
        ]
      }
    }
    try session.show(
      [
        .rows(
          "oneboxes",
          [
            "cluster", "state", "pid", "meta_port", "replica_ports", "uptime_s",
            "size_mb", "data_dir",
          ], rows)
      ], options)
  }
}
