import CommandLineKit
import EventLoop
import Jobs

extension Session {
  /// Notes what the command that is about to run has to know about its line.
  ///
  /// - Parameters:
  ///   - place: where in a script it stands, "<stdin>:3: copy_data: "
  ///   - isBackground: the line ended in `&`
  /// - Throws: `UsageError` when the command does not run in the background
  func begin(
    _ command: BoundCommand<Session>, line: String, place: String = "", isBackground: Bool
  ) throws(UsageError) {
    if isBackground, !(command.command is any JobCommand) {
      let others = JobKinds.all.map(\.name).joined(separator: ", ")
      throw UsageError(
        "'\(command.description.name)' does not run in the background; these do: \(others), resume", kind: .syntax)
    }
    commandLine = line
    self.place = place
    launchesInBackground = isBackground
    commandAssumesYes = command.assumesYes
  }

  /// Takes over which numbers completion offers.
  func refreshJobNames() {
    guard options.isInteractive else { return }
    Task { @LoopActor in
      guard let records = try? await jobs.list() else { return }
      names.setJobs(records)
    }
  }
}
