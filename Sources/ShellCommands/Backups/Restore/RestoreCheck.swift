import PegasusProtocol
import BackupLayout
import Backups
import EventLoop
import PegasusClient

/// Looks at a backup before it is restored. A meta server ends its process over some that are not what they seem, and a
/// damaged one costs hours before the servers say so.
@LoopActor
struct RestoreCheck {
  let service: any BlockService
  let plan: RestorePlan

  private var request: (name: String, id: Int32) { (plan.request.appName, plan.request.appId) }
  private var reader: BackupReader { BackupReader(service) }

  /// - Returns: the table in the backup, with the problems that `--skip_bad_partition` passes over
  /// - Throws: `ShellError` that says what is wrong, and what there is instead
  func run() async throws -> TableBackup {
    do {
      return try await look()
    } catch let error as BlockServiceError {
      throw ShellError(error)
    }
  }

  private func look() async throws -> TableBackup {
    let backup: FoundBackup
    do throws(BlockServiceError) {
      backup = try await reader.read(plan.location, tables: [request.id])
    } catch {
      guard error.kind == .notFound else { throw error }
      throw try await absent()
    }
    if let problem = backup.problems.first { throw Self.refusal(problem) }
    guard let info = backup.info else { throw try await absent() }
    guard let name = info.tables[request.id] else {
      throw ShellError(
        "backup \(plan.location.id) has no table with the id \(request.id)", advice: "it has \(Self.list(info.tables))")
    }
    guard name == request.name else {
      throw ShellError(
        "table \(request.id) is called '\(name)' in backup \(plan.location.id), not '\(request.name)'",
        advice: "name it as the backup does: -a \(name) -i \(request.id)")
    }
    guard let table = backup.tables.first else { throw try await absent() }
    if let problem = table.problems.first { throw Self.refusal(problem) }
    let bad = table.partitions.flatMap(\.problems)
    if let problem = bad.first, !plan.request.skipBadPartition {
      var refusal = Self.refusal(problem)
      if bad.count > 1 { refusal.message += ", and \(bad.count - 1) more" }
      throw refusal
    }
    return table
  }

  private static func refusal(_ problem: StorageProblem) -> ShellError {
    ShellError(problem.description, advice: ShellError.clause(problem.advice))
  }

  private static func list(_ tables: [Int32: String]) -> String {
    tables.sorted { $0.key < $1.key }.prefix(20).map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  /// The backup is not where it was said to be: perhaps somewhere near.
  private func absent() async throws(BlockServiceError) -> ShellError {
    let message = "there is no backup \(plan.location.id) in \(plan.location.root) of \(service.summary)"
    let found = (try? await reader.find(below: plan.request.restorePath ?? "")) ?? []
    if let same = found.first(where: { $0.id == plan.location.id }) {
      return ShellError(
        message,
        advice: "it is in \(same.root): give that as -r and -c; -p only for backups of servers up to 2.1")
    }
    let ids = found.filter { $0.root == plan.location.root }.prefix(5).map { "\($0.id)" }
    if !ids.isEmpty { return ShellError(message, advice: "the newest there: \(ids.joined(separator: ", "))") }
    let roots = Array(Set(found.map(\.root))).sorted().prefix(5)
    return ShellError(
      message,
      advice: roots.isEmpty
        ? "'ls_backups -b \(service.name)' shows what there is" : "backups are in \(roots.joined(separator: ", "))")
  }
}
