import Copying
import Testing

@testable import ShellCommands

/// What facts before a migration mean for it.
struct MigrationJudgeTests {
  private static func facts(_ change: (inout MigrationFacts) -> Void = { _ in }) -> MigrationFacts {
    var source = PreflightSide(cluster: "A", metaServers: ["127.0.0.1:34601"], table: "users")
    source.exists = true
    source.tableID = 3
    source.partitionCount = 8
    source.replicaCount = 3
    source.aliveServers = .known(3)
    source.deadServers = .known([])
    source.versions = .known(["2.4.0"])
    source.bytes = .known(1 << 30)
    source.isSplitting = .known(false)
    source.isBulkLoading = .known(false)
    var target = PreflightSide(cluster: "B", metaServers: ["127.0.0.1:34602"], table: "users2")
    target.aliveServers = .known(3)
    target.deadServers = .known([])
    target.versions = .known(["2.6.0"])
    target.disks = .known((1...3).map { PreflightSide.Disk(server: "s\($0)", available: 4 << 30) })
    var facts = MigrationFacts(source: source, target: target, isOneCluster: false, storage: "local_service /x")
    change(&facts)
    return facts
  }

  private static func findings(
    _ needs: MigrationNeeds = .restore, _ change: (inout MigrationFacts) -> Void = { _ in }
  ) -> [Finding] {
    var judge = MigrationJudge(facts(change), MigrationPlanTests.plan, needs)
    return judge.judge()
  }

  @Test func aHealthyPairIsClean() {
    let findings = Self.findings()
    #expect(findings.allSatisfy { $0.level <= .note }, "\(findings)")
    #expect(
      Set(findings.filter { $0.level == .pass }.map(\.check)) == [
        .tables, .health, .servers, .versions, .disk, .storage,
      ])
  }

  /// Facts that forbid the migration, and what is said of them.
  struct Case: Sendable {
    let says: String
    let change: @Sendable (inout MigrationFacts) -> Void

    init(_ says: String, _ change: @escaping @Sendable (inout MigrationFacts) -> Void) {
      self.says = says
      self.change = change
    }
  }

  private static let blockers: [Case] = [
    Case("are one cluster") { $0.isOneCluster = true },
    Case("does not exist") { $0.source.exists = false },
    Case("has a table 'users2' already") { $0.target.exists = true },
    Case("without a primary") { $0.source.unreadable = [3] },
    Case("has 2 servers up") { $0.target.aliveServers = .known(2) },
    Case("are of release 2.2") { $0.source.versions = .known(["2.2.0", "2.4.0"]) },
    Case("a partition split") { $0.source.isSplitting = .known(true) },
    Case("a bulk load") { $0.source.isBulkLoading = .known(true) },
    Case("refuses reads") { $0.source.environment = .known(["replica.deny_client_request": "timeout*all"]) },
    Case("does not read the storage") { $0.storageProblem = "unreachable" },
  ]

  @Test(arguments: blockers)
  func whatCannotEndWellIsABlocker(_ test: Case) {
    let blockers = Self.findings(.restore, test.change).filter { $0.level == .blocker }
    #expect(blockers.count == 1 && blockers.first?.what.contains(test.says) == true, "\(blockers)")
  }

  @Test func roomIsReckonedWithAllReplicas() {
    func disk(_ needs: MigrationNeeds, _ bytes: Int64) -> Finding? {
      Self.findings(needs) { $0.source.bytes = .known(bytes) }.first { $0.check == .disk }
    }
    #expect(disk(.restore, 3 << 30)?.level == .pass)
    let full = disk(.restore, 4 << 30)
    #expect(full?.level == .warning && full?.asks == true)
    // A load needs the room of the files as well.
    #expect(disk(MigrationNeeds(room: 2.4), 3 << 30)?.asks == true)
    let uneven = Self.findings(.restore) {
      $0.target.disks = .known(
        [8, 8, 1].enumerated().map { PreflightSide.Disk(server: "s\($0)", available: $1 << 30) })
    }.first { $0.check == .disk }
    #expect(uneven?.level == .warning && uneven?.asks == false && uneven?.what.contains("s2") == true)
  }

  @Test func aNameThatMayBeTakenIsNoBlocker() {
    let findings = Self.findings(MigrationNeeds(needsFreeName: false)) { $0.target.exists = true }
    #expect(!findings.contains { $0.level == .blocker }, "\(findings)")
  }

  @Test func olderServersAndAnUnknownStorageAreWarnings() {
    let findings = Self.findings {
      $0.target.versions = .known(["2.3.0"])
      $0.storage = nil
    }
    #expect(findings.filter { $0.level == .warning }.map(\.check) == [.versions, .storage])
  }
}
