import EventLoop
import PegasusClient
import Terminal

/// Waits until a table that was created or recalled can be used, and shows how far it is.
@LoopActor
struct TableReadiness {
  let session: Session
  let table: String
  let replicaCount: Int32
  /// Every wait has its own.
  let limit: Duration = .seconds(3600)

  /// - Throws: `ShellError` when it is interrupted or takes too long: the cluster goes on with the table either way
  func wait() async throws {
    let started = ContinuousClock.now
    let view = ProgressView()
    session.output.progress = view
    defer {
      view.finish()
      session.output.progress = nil
    }
    var said = started
    var pause = Duration.milliseconds(20)
    while true {
      let state = try await session.cluster().readiness(table: table, replicaCount: replicaCount)
      if state.isComplete {
        view.finish()
        session.output.note("\(table) is ready now: (\(state.ready)/\(state.total))")
        session.output.note("\(table) is ready now!")
        return
      }
      let elapsed = ContinuousClock.now - started
      guard elapsed < limit else {
        throw ShellError(
          "table '\(table)' is still not ready after \(Format.duration(elapsed)) (\(state.ready)/\(state.total))",
          advice: "the cluster goes on with it; 'app \(table) -d' shows what is missing")
      }
      let plain = "\(table) not ready yet, still waiting... (\(state.ready)/\(state.total))"
      let isDue = ContinuousClock.now - said >= .seconds(2)
      if isDue { said = .now }
      view.update(
        block: [
          "\(table) \(ProgressBar.text(fraction: Double(state.ready) / Double(max(1, state.total)), width: 32)) "
            + "\(state.ready)/\(state.total) partitions ready, \(Format.duration(elapsed))"
        ], plain: isDue ? plain : nil)
      do {
        try await loopSleep(pause)
      } catch {
        throw ShellError(
          "interrupted while '\(table)' becomes ready (\(state.ready)/\(state.total) partitions)",
          advice: "the cluster goes on with it; 'app \(table) -d' shows how far it is", status: .interrupted)
      }
      pause = min(pause * 2, .milliseconds(500))
    }
  }
}
