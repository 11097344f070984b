import Copying
import JSON
import PegasusProtocol
import Testing

@testable import ShellCommands

/// What stands in the journal about a migration comes back from it.
struct MigrationPlanTests {
  static let plan = MigrationPlan(
    backup: BackupPlan(
      table: TableIdentity(
        cluster: "A", metaList: "127.0.0.1:34601", table: "users", appID: 3, partitionCount: 8),
      provider: "hdfs_x", path: "/user/pegasus", coldRoot: "ClusterA"),
    storage: "hdfs hdfs_x", target: ClusterIdentity(of: other), table: "users2",
    limits: [LimitWish(.source, "upload", "50"), LimitWish(.target, "nfs_send", "20")], readsFiles: true,
    verify: VerifyOptions(), environment: ["default_ttl": "100"])
  private static let other = TableIdentity(
    cluster: "B", metaList: "127.0.0.1:34602", table: "", appID: 0, partitionCount: 0)

  @Test func thePlanComesBack() throws {
    let again = try MigrationPlan(Self.plan.json)
    #expect(again.json == Self.plan.json)
    #expect(again.title == "A:users -> B:users2" && again.limits == Self.plan.limits)
    #expect(again.environment == ["default_ttl": "100"])
    #expect(throws: ShellError.self) { try MigrationPlan(.object([:])) }
  }

  @Test func oldLimitsComeBack() {
    var before = LimitsBefore()
    let wish = LimitWish(.source, "upload", "50")
    before.add(wish, "host:1", value: "200")
    let again = LimitsBefore(before.json)
    #expect(again == before && again.knows(wish, "host:1"))
    #expect(!again.knows(wish, "host:2") && !again.knows(LimitWish(.target, "upload", "50"), "host:1"))
    #expect(LimitsBefore(.null).entries.isEmpty)
  }

  @Test func aBackupRemembersWhichOnesItHasMade() {
    var begun = BackupBegun()
    #expect(BackupBegun(.null) == begun)
    begun.isAsked = true
    begun.known = [5]
    begun.begin(7)
    #expect(BackupBegun(begun.json) == begun)
    begun.fail()
    #expect(begun.id == nil && !begun.isAsked && begun.made == [7] && begun.known == [5, 7])
    begun.begin(9)
    #expect(begun.made == [7, 9])
  }

  @Test func whatBelongsToTheSourceStaysThere() {
    let carried = CarriedEnvironment(
      [
        "default_ttl": "100", "restore.app_id": "1", "duplication.master_cluster": "C",
        "rocksdb.usage_scenario": "normal",
        "replica.deny_client_request": "timeout*write", "manual_compact.once.trigger_time": "1",
        "manual_compact.periodic.trigger_time": "3:00",
      ], excluding: ["rocksdb.usage_scenario"])
    #expect(carried.pairs.map(\.key) == ["default_ttl", "manual_compact.periodic.trigger_time"])
    #expect(
      carried.left.map(\.key) == [
        "duplication.master_cluster", "manual_compact.once.trigger_time", "replica.deny_client_request",
        "restore.app_id",
      ])
    let tuned = CarriedEnvironment(["rocksdb.usage_scenario": "prefer_write"])
    #expect(tuned.pairs.map(\.value) == ["prefer_write"])
    let loading = CarriedEnvironment(["rocksdb.usage_scenario": "bulk_load"])
    #expect(loading.pairs.isEmpty && loading.left.map(\.key) == ["rocksdb.usage_scenario"])
  }
}
