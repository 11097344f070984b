import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// Files for a bulk load that servers would not take, or, worse, would.
@Suite(.serialized) struct BulkLoadDamageTests {
  private struct Damage: Sendable {
    let name: String
    /// The shell's own look.
    let text: String
    /// What servers say that were not warned.
    let refusal: String
    /// Only a read of the files shows it.
    var isDeep = false
    let apply: @Sendable (StoredTree) throws -> Void

    init(
      _ name: String, _ text: String, servers refusal: String, isDeep: Bool = false,
      _ apply: @escaping @Sendable (StoredTree) throws -> Void
    ) {
      self.name = name
      self.text = text
      self.refusal = refusal
      self.isDeep = isDeep
      self.apply = apply
    }
  }

  private static let damages: [Damage] = [
    Damage("no_info", "the files were not written to their end", servers: "error=ERR_OBJECT_NOT_FOUND") {
      $0.remove("bulk_load_info")
    },
    Damage("bad_info", "bulk_load_info is damaged", servers: "error=ERR_CORRUPTION") {
      try $0.write("bulk_load_info", "{")
    },
    Damage("count", "5 partitions, the table has id 1 and 7", servers: "error=ERR_INCONSISTENT_STATE") {
      try $0.edit("bulk_load_info") { $0["partition_count"] = 5 }
    },
    Damage("table", "a table with id 99", servers: "error=ERR_INCONSISTENT_STATE") {
      try $0.edit("bulk_load_info") { $0["app_id"] = 99 }
    },
    Damage("no_metadata", "3/bulk_load_metadata: the file is not there", servers: "cause ERR_CORRUPTION") {
      $0.remove("3/bulk_load_metadata")
    },
    Damage("no_files", "no file is listed", servers: "cause ERR_CORRUPTION") {
      try $0.edit("3/bulk_load_metadata") {
        $0["files"] = .array([])
        $0["file_total_size"] = 0
      }
    },
    Damage("far_file", "it lists '../2/x.sst'", servers: "cause ERR_CORRUPTION") { tree in
      let name = tree.dataFile("3").split(separator: "/").last ?? ""
      try tree.replace("3/bulk_load_metadata", "\"\(name)\"", "\"../2/x.sst\"")
    },
    Damage("truncated", " bytes instead of ", servers: "cause ERR_CORRUPTION") { try $0.cut($0.dataFile("3"), by: 10) },
    Damage("missing", "the file is not there", servers: "cause ERR_CORRUPTION") { $0.remove($0.dataFile("3")) },
    Damage("flipped", "the file was damaged", servers: "cause ERR_CORRUPTION", isDeep: true) {
      try $0.flip($0.dataFile("3"))
    },
    // No server notices this one: the rows would be there, and never be found.
    Damage("swapped", "belongs to partition", servers: "", isDeep: true) { tree in
      let files = FileManager.default
      try files.moveItem(atPath: tree.place("3"), toPath: tree.place("x"))
      try files.moveItem(atPath: tree.place("2"), toPath: tree.place("3"))
      try files.moveItem(atPath: tree.place("x"), toPath: tree.place("2"))
    },
  ]

  @Test @LoopActor func eachIsToldBeforeTheServersAreAskedAndByThemToo() async throws {
    let bench = try await StorageBench()
    try await bench.fill(rows: 500)
    _ = try await bench.backUp()
    try await bench.succeed("cc target\ncreate wide -p 7 -r 3\nset_meta_level lively\n\(StorageBench.split)")
    for damage in Self.damages {
      let root = "damaged/\(damage.name)"
      let tree = try StoredTree(
        copyOf: "\(bench.storage)/bulk/target/wide", at: "\(bench.storage)/\(root)/target/wide")
      try damage.apply(tree)
      let load = "cc target\nstart_bulk_load -a wide -c target -p local_service -r \(root) --wait"
      try await bench.fail(load + (damage.isDeep ? " --md5" : ""), 1, damage.text)
      #expect(try await bench.succeed("cc target\nquery_bulk_load_status -a wide").contains("BLS_INVALID"))
      guard !damage.refusal.isEmpty else { continue }
      try await bench.fail(load + " --no_check", 1, damage.refusal)
      let after = try await bench.succeed(
        "cc target\nclear_bulk_load -a wide\nquery_bulk_load_status -a wide\nget_meta_level")
      #expect(after.contains("BLS_INVALID") && after.contains("current meta level is fl_lively"), "\(after)")
      #expect(bench.leftovers(of: bench.target).isEmpty, "\(damage.name)")
    }
    let rows = try await bench.succeed("cc target\nuse wide\ncount_data -c")
    #expect(rows.contains("Count done, total 0 rows."), "\(rows)")
    try await bench.succeed("cc target\n\(StorageBench.load) --md5")
    try await bench.verify("wide", rows: 500)
  }

  /// Each of the two ways to know a storage may lack it.
  @Test @LoopActor func aStorageThatSomebodyDoesNotKnowIsNamed() async throws {
    let bench = try await StorageBench()
    try await bench.fill(rows: 50)
    let id = try await bench.backUp()
    let servers = "the servers need a section [block_service.other]"
    let shell = "no storage is called 'other' (known: local_service); add a section [block_service.other]"
    try await bench.fail("use users\nbackup users other", 1, servers)
    try await bench.fail("ls_backups -b other", 2, shell)
    try await bench.fail("check_backup -b other", 2, shell)
    try await bench.fail(StorageBench.restore(id, as: "r").replacing("local_service", with: "other"), 1, servers)
    try await bench.succeed("cc target\ncreate wide -p 3 -r 3")
    try await bench.fail("\(StorageBench.split) --to_provider other", 2, shell)
    try await bench.fail(
      "cc target\nstart_bulk_load -a wide -c target -p other -r bulk", 1, servers)
    // Known to the shell alone.
    bench.configure("[block_service.other]\ntype = local_service\nargs = \(bench.directory.file("other"))")
    try await bench.fail("use users\nbackup users other", 1, servers)
    #expect(try await bench.succeed("cc target\nls").contains("wide"))
    try await bench.fail(StorageBench.restore(id, as: "wide"), 5, "has a table 'wide' already (id 1)", "-n gives")
    try await bench.fail("backup nosuch local_service", 1, "table 'nosuch' does not exist", "there are: users")
    try await bench.fail("\(StorageBench.split) --to_table nosuch", 1, "has no table 'nosuch' to make files for")
    try await bench.fail("backup users local_service ../../x", 1, "invalid backup_path")
    try await bench.fail(
      "\(StorageBench.split.replacing("bulk", with: "../bulk"))", 2, "leaves the root of the storage")
  }
}
