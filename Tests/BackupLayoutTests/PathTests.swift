import BackupLayout
import Testing

@Suite struct PathTests {
  @Test func backups() {
    let plain = BackupTree(cluster: "onebox")
    #expect(plain.info(7) == "onebox/7/backup_info")
    #expect(plain.appMetadata(7, "a_b", 4) == "onebox/7/a_b_4/meta/app_metadata")
    #expect(plain.appStatus(7, "t", 4) == "onebox/7/t_4/meta/app_backup_status")
    #expect(plain.partition(7, "t", 4, 3) == "onebox/7/t_4/3")
    #expect(BackupTree(path: "/user/p/", cluster: "A").backup(7) == "user/p/A/7")
    #expect(BackupTree(cluster: "A", policy: "p1").backup(7) == "A/p1/7")
  }

  @Test func bulkLoads() {
    let tree = BulkLoadTree(root: "/bulk", cluster: "A", table: "t")
    #expect(tree.info == "bulk/A/t/bulk_load_info" && tree.metadata(0) == "bulk/A/t/0/bulk_load_metadata")
  }

  @Test func parts() {
    #expect(StoragePath.split("a/b/c") == ("a/b", "c") && StoragePath.split("c") == ("", "c"))
    #expect(StoragePath.staysInside("a/..b/c") && !StoragePath.staysInside("a/../../b"))
  }
}
