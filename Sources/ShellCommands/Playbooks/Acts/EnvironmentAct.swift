import Copying
import EventLoop
import JSON
import Jobs
import PegasusClient
import PegasusProtocol

/// Gives the new table the variables of the source that a backup drops, and removes what a restore leaves among them.
@LoopActor
final class EnvironmentAct: PlaybookAct {
  nonisolated let name = "environment"
  nonisolated let title: String
  let steps = [StepPlan(name: "environment", title: "Set the table's variables")]

  private let carried: CarriedEnvironment
  private let table: String
  private let cluster: ClusterClient
  private let isRestored: Bool
  private let made: @LoopActor () -> Int32?

  /// - Parameters:
  ///   - isRestored: the table was restored, and has the variables of that
  ///   - made: the id of the table that the job has made: no other one of that name is touched; nil: any
  init(
    _ carried: CarriedEnvironment, _ sides: MigrationSides, isRestored: Bool,
    made: @escaping @LoopActor () -> Int32? = { nil }
  ) {
    self.made = made
    self.carried = carried
    table = sides.plan.table
    cluster = sides.target
    self.isRestored = isRestored
    let what = carried.pairs.isEmpty ? "nothing" : carried.pairs.map(\.key).joined(separator: ", ")
    title = "set \(what) on the new table" + (isRestored ? ", and remove restore.*" : "")
  }

  func look() async throws -> [Finding] {
    carried.left.map {
      Finding(.note, .environment, "\($0.key) = \($0.value) of the source is not taken over: \($0.reason)")
    }
  }

  func run(in scope: JobScope) async throws -> JobOutcome? {
    try await scope.step(name) {
      try await self.checkTable()
      var refused: [String] = []
      do throws(ClientError) {
        if !self.carried.pairs.isEmpty {
          _ = try await self.cluster.setEnvironment(
            self.carried.pairs.map { ($0.key, $0.value) }, table: self.table)
        }
      } catch {
        guard case .refused = error.reason else { throw error }
        refused = try await self.setOneByOne()
      }
      if self.isRestored { _ = try await self.cluster.clearEnvironment(prefix: "restore", table: self.table) }
      return JobOutcome(
        isComplete: true, headline: "", lines: refused,
        result: .object(["envs": .object(self.carried.pairs.map { JSONMember($0.key, .string($0.value)) })]))
    }
  }

  private func checkTable() async throws {
    guard let id = made() else { return }
    let present = try await PatientQuery().ask { try await self.cluster.tableInfo(self.table) }
    guard present?.appId != id else { return }
    throw ShellError(
      "table '\(table)' of \(cluster.name) is not the one any more that was made here (id \(id))",
      advice: "'rename' gives that one its name back", status: .refused)
  }

  /// Some of them are unknown to the target's release: the others are set all the same, and those are named.
  private func setOneByOne() async throws -> [String] {
    var refused: [String] = []
    for pair in carried.pairs {
      do throws(ClientError) {
        _ = try await cluster.setEnvironment([(pair.key, pair.value)], table: table)
      } catch {
        guard case .refused = error.reason else { throw error }
        refused.append("WARNING: \(pair.key) = \(pair.value) was refused by the target: \(error.cause)")
      }
    }
    return refused
  }
}
