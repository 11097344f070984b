import BackupLayout
import Backups
import EventLoop
import Jobs

/// Removes the files that were made for the load. Never the backup.
@LoopActor
final class CleanAct: PlaybookAct {
  nonisolated let name = "clean"
  nonisolated let title: String
  let steps = [StepPlan(name: "clean", title: "Remove the files of the load")]
  private let split: SplitAct
  private let storage: any BlockService

  init(_ split: SplitAct, on storage: any BlockService) {
    self.split = split
    self.storage = storage
    title = "remove the files of the load; the backup stays"
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    let (tree, directory, storage) = (split.tree, split.place.workDirectory, storage)
    try await scope.step(name) {
      do throws(SplitError) {
        try await OfflineSplit.clean(tree, on: storage, workDirectory: directory)
      } catch {
        throw ShellError(error)
      }
    }
    return JobOutcome(isComplete: true, headline: "", lines: ["INFO: removed \(tree.table) of '\(storage.name)'"])
  }
}
