package import Configuration
package import EventLoop

/// The embedded clusters of a session: started when they are first needed, once, and left running.
@LoopActor
package final class EmbeddedClusters {
  private enum State {
    case starting
    case running
    case failed(ShellError)
  }

  private var states: [String: State] = [:]
  /// Started by this session and not told to anybody yet.
  private var untold: [String: String] = [:]

  /// Told about a start at once; false when the next command that needs the cluster shall say it.
  package var onStarted: (@LoopActor (_ message: String) -> Bool)?

  package init() {}

  /// Begins to start a cluster that is embedded and not known to run; nobody waits.
  package func startInBackground(_ definition: ClusterDefinition) {
    guard let onebox = definition.onebox, states[definition.name] == nil else { return }
    let process = OneboxProcess(name: definition.name, onebox: onebox)
    let name = definition.name
    states[name] = .starting
    Task { @LoopActor in
      let result = await BlockingPool.run { () -> Result<OneboxProcess.Started?, ShellError> in
        do throws(ShellError) {
          return .success(try process.ensureRunning())
        } catch {
          return .failure(error)
        }
      }
      switch result {
      case .success(let started):
        self.states[name] = .running
        guard let started else { return }
        let message =
          "started embedded cluster \(name) (pid \(started.processID), data in \(onebox.dataDirectory))"
        if self.onStarted?(message) != true { self.untold[name] = message }
      case .failure(let error): self.states[name] = .failed(error)
      }
    }
  }

  /// Waits until an embedded cluster runs, and says so when this session started it. Others are not asked.
  ///
  /// - Throws: `ShellError` when it does not start; `CancellationError`
  package func ensureRunning(_ definition: ClusterDefinition, output: ShellOutput) async throws {
    guard definition.onebox != nil else { return }
    startInBackground(definition)
    try await wait(for: definition.name)
    if case .failed(let error) = states[definition.name] {
      // The next command tries again.
      states[definition.name] = nil
      throw error
    }
    if let message = untold.removeValue(forKey: definition.name) { output.note(message) }
  }

  /// Waits until a start that is under way has ended, however it ends.
  package func settled(_ definition: ClusterDefinition) async {
    try? await wait(for: definition.name)
  }

  private func wait(for name: String) async throws {
    while case .starting = states[name] { try await loopSleep(.milliseconds(5)) }
  }

  /// A cluster did not answer: whether the embedded ones run has to be looked up again.
  package func forgetState() {
    states = states.filter { if case .starting = $0.value { true } else { false } }
  }
}
