import EventLoop
import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Backups that are not what they seem, and what the commands that read them say.
@Suite(.serialized) struct BackupDamageTests {
  /// One thing that is wrong with a copy of a good backup.
  private struct Damage: Sendable {
    let name: String
    /// In every error.
    let text: String
    let advice: String
    /// Only a read of the files shows it: the look before a restore does not.
    var isDeep = false
    /// `offline_split` finds no table to begin with.
    var hidesTable = false
    let apply: @Sendable (StoredTree) throws -> Void

    init(
      _ name: String, _ text: String, _ advice: String = "make a new backup of the table", isDeep: Bool = false,
      hidesTable: Bool = false, _ apply: @escaping @Sendable (StoredTree) throws -> Void
    ) {
      self.name = name
      self.text = text
      self.advice = advice
      self.isDeep = isDeep
      self.hidesTable = hidesTable
      self.apply = apply
    }
  }

  private static let app = "users_1/meta/app_metadata"

  private static let damages: [Damage] = [
    Damage("truncated", " bytes instead of ") { try $0.cut($0.dataFile($0.checkpoint(1)), by: 100) },
    Damage("flipped", "the file was damaged", isDeep: true) { try $0.flip($0.dataFile($0.checkpoint(1))) },
    Damage("digest", "instead of 00000000000000000000000000000000: the file was damaged", isDeep: true) { tree in
      try tree.edit("\(tree.checkpoint(1))/backup_metadata") { object in
        guard case .array(let files)? = object["files"] else { return }
        object["files"] = .array(
          files.map { file in
            .object([
              "name": file["name"] ?? .null, "size": file["size"] ?? .null,
              "md5": .string(String(repeating: "0", count: 32)),
            ])
          })
      }
    },
    Damage("no_backup_metadata", "backup_metadata: the file is not there") {
      $0.remove("\($0.checkpoint(1))/backup_metadata")
    },
    Damage("no_backup_info", "the backup was not written to its end", "ask query_backup_status") {
      $0.remove("backup_info")
    },
    Damage("no_app_metadata", "app_metadata: the file is not there") { $0.remove(app) },
    Damage("no_current_checkpoint", "current_checkpoint: the file is not there, though the backup was written") {
      $0.remove("users_1/1/current_checkpoint")
    },
    Damage("no_file", ".sst: the file is not there") { $0.remove($0.dataFile($0.checkpoint(1))) },
    Damage("no_mark", "beside it is not: no server sees it") { $0.removeMark(of: $0.dataFile($0.checkpoint(1))) },
    Damage("damaged_mark", "the mark of the file") { try $0.damageMark(of: "backup_info") },
    Damage("more_partitions", "users_1/4/current_checkpoint: the file is not there") {
      try $0.edit(app) { $0["partition_count"] = 8 }
    },
    Damage("fewer_partitions", "a partition count of 2, but", "make a new backup") {
      try $0.edit(app) { $0["partition_count"] = 2 }
    },
    Damage("no_partitions", "a partition count of 0") { try $0.edit(app) { $0["partition_count"] = 0 } },
    Damage("absurd_partitions", "a partition count of 2147483647") {
      try $0.edit(app) { $0["partition_count"] = 2_147_483_647 }
    },
    Damage("no_replicas", "a replica count of -1") { try $0.edit(app) { $0["max_replica_count"] = -1 } },
    Damage("endless_number", "not JSON") { try $0.replace(app, "\"app_id\":1", "\"app_id\":1e99999999999") },
    Damage("other_id", "it is about 'users' with id 7", "never restore it") { try $0.edit(app) { $0["app_id"] = 7 } },
    Damage("deep", "less than 64 levels") { try $0.write("backup_info", String(repeating: "[", count: 1_000_000)) },
    Damage("empty", "not JSON") { try $0.write("backup_info", "") },
    Damage("not_text", "backup_info is damaged", "make a new backup") {
      try $0.write("backup_info", [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D])
    },
    Damage("absurd_sizes", "bytes instead of 9223372036854775807") { tree in
      for partition in 0..<4 {
        try tree.edit("\(tree.checkpoint(partition))/backup_metadata") { object in
          guard case .array(let files)? = object["files"] else { return }
          object["files"] = .array(
            files.map { .object(["name": $0["name"] ?? .null, "size": .integer(.max), "md5": $0["md5"] ?? .null]) })
          object["checkpoint_total_size"] = .integer(.max)
        }
      }
    },
    Damage("wrong_total", "a total of 5 bytes is written there") { tree in
      try tree.edit("\(tree.checkpoint(1))/backup_metadata") { $0["checkpoint_total_size"] = 5 }
    },
    Damage("no_files", "no CURRENT or no MANIFEST is listed") { tree in
      try tree.edit("\(tree.checkpoint(1))/backup_metadata") {
        $0["files"] = .array([])
        $0["checkpoint_total_size"] = 0
      }
    },
    Damage("other_checkpoint", "the name of a checkpoint is expected, not '../2/") { tree in
      let other = tree.checkpoint(2).split(separator: "/").last ?? ""
      try tree.write("users_1/1/current_checkpoint", "../2/\(other)")
    },
    Damage("hidden_parent", "the name of a checkpoint is expected, not '..\\u{0}x'") {
      try $0.write("users_1/1/current_checkpoint", "..\u{0}x")
    },
    Damage("far_file", "it lists '../../../../../../etc/passwd'") { tree in
      let name = tree.dataFile(tree.checkpoint(1)).split(separator: "/").last ?? ""
      try tree.replace("\(tree.checkpoint(1))/backup_metadata", "\"\(name)\"", "\"../../../../../../etc/passwd\"")
    },
    Damage("far_table", "it names a table '../../users'", hidesTable: true) {
      try $0.edit("backup_info") { $0["app_name"] = "../../users" }
    },
    Damage("coloured_table", "it names a table 'us\\u{1b}[31mers'", hidesTable: true) {
      try $0.edit("backup_info") { $0["app_name"] = "us\u{1B}[31mers" }
    },
    Damage("directory", "backup_info: it is no file") {
      unlink($0.place("backup_info"))
      mkdir($0.place("backup_info"), 0o700)
    },
    Damage("pipe", "backup_info: it is no file") {
      unlink($0.place("backup_info"))
      mkfifo($0.place("backup_info"), 0o600)
    },
    Damage("pipe_for_data", ".sst: it is no file") {
      let path = $0.dataFile($0.checkpoint(1))
      unlink($0.place(path))
      mkfifo($0.place(path), 0o600)
    },
  ]

  @Test @LoopActor func eachIsNamedAndNothingIsMadeOfIt() async throws {
    let bench = try await StorageBench()
    try await bench.fill()
    let id = try await bench.backUp()
    for damage in Self.damages {
      let path = "damaged/\(damage.name)"
      let tree = try StoredTree(
        copyOf: "\(bench.storage)/source/\(id)", at: "\(bench.storage)/\(path)/source/\(id)")
      try damage.apply(tree)
      let checked = try await bench.run("check_backup -b local_service -r \(path)")
      #expect(checked.exit == .code(1), "\(damage.name): \(checked)")
      #expect(checked.output.contains(damage.text), "\(damage.name): \(checked.output)")
      #expect(checked.errorOutput.contains(damage.advice), "\(damage.name): \(checked.errorOutput)")
      try await bench.fail(
        "offline_split -b local_service -r \(path) -a users --to_cluster t --to_table_id 9 --partition_count 3 "
          + "--to_root out/\(damage.name)", 1, damage.hidesTable ? "there is no backup of table 'users'" : damage.text)
      #expect(!FileManager.default.fileExists(atPath: "\(bench.storage)/out/\(damage.name)/t/users/bulk_load_info"))
      let restored = try await bench.run(StorageBench.restore(id, as: "restored", path: path))
      #expect(restored.exit == .code(1), "\(damage.name): \(restored)")
      if damage.isDeep {
        // The servers find it: they drop the table, and the line that tells more can be typed as it is.
        let line = "check_backup -b local_service -r \(path)/source -t \(id)"
        #expect(restored.errorOutput.contains("'\(line)' tells what is damaged"), "\(restored.errorOutput)")
        try await bench.fail(line, 1)
      } else {
        #expect(restored.errorOutput.contains(damage.text), "\(damage.name): \(restored.errorOutput)")
        #expect(restored.errorOutput.contains(damage.advice), "\(damage.name): \(restored.errorOutput)")
      }
    }
    let tables = try await bench.succeed("cc target\nls")
    #expect(!tables.contains("restored"))
    let list = try await bench.succeed("ls_backups -b local_service -r damaged")
    #expect(!list.contains("\u{1B}"))
    for damage in Self.damages {
      let line = list.split(separator: "\n").first { $0.contains(" damaged/\(damage.name)/source ") }
      #expect(line?.hasPrefix("\(id)  ") == true, "\(damage.name): \(list)")
      #expect(line?.contains(" complete ") == damage.isDeep, "\(damage.name): \(list)")
    }
    // What is left of the splits goes with --clean, and the work directories are empty.
    for damage in Self.damages {
      try await bench.succeed(
        "offline_split -b local_service -a users --to_cluster t --to_root out/\(damage.name) --clean")
    }
    #expect(StorageBench.names(below: "\(bench.storage)/out") { $0.hasSuffix(".sst") }.isEmpty)
    #expect(StorageBench.names(below: bench.directory.file("state")) { $0.contains("split/") }.isEmpty)
    #expect(bench.leftovers(of: bench.target).isEmpty)
    try await bench.verifySource()
  }

  /// A link into another directory is followed to read, and never to remove.
  @Test @LoopActor func cleaningRemovesALinkAndNotWhatItLeadsTo() async throws {
    let bench = try await StorageBench()
    mkdir(bench.storage, 0o700)
    try FileManager.default.createDirectory(
      atPath: "\(bench.storage)/bulk/target", withIntermediateDirectories: true)
    let precious = bench.directory.file("precious")
    mkdir(precious, 0o700)
    bench.directory.write("precious/data", "stays")
    symlink(precious, "\(bench.storage)/bulk/target/wide")
    try await bench.succeed(
      "offline_split -b local_service -a users --to_cluster target --to_table wide --to_root bulk --clean")
    #expect(bench.directory.read("precious/data") == "stays")
    #expect(StorageBench.names(below: "\(bench.storage)/bulk/target") { _ in true }.isEmpty)
  }

  /// Tests may run as root, who may read everything: the shell then runs as somebody else.
  @Test @LoopActor func whatMayNotBeReadIsToldAndDoesNotHideTheRest() async throws {
    let bench = try await StorageBench()
    try await bench.fill(rows: 200)
    let id = try await bench.backUp()
    let good = "\(bench.storage)/source/\(id)"
    let closed = try StoredTree(copyOf: good, at: "\(bench.storage)/private/source/\(id)")
    let half = try StoredTree(copyOf: good, at: "\(bench.storage)/half/source/\(id)")
    chmod("\(bench.storage)/private", 0)
    chmod(half.place("users_1"), 0)
    defer {
      chmod("\(bench.storage)/private", 0o700)
      chmod(half.place("users_1"), 0o700)
    }
    let listed = try await bench.run("ls_backups -b local_service", isPrivileged: false)
    #expect(listed.exit == .code(1), "\(listed)")
    #expect(listed.output.contains(" source ") && listed.output.contains(" complete "), "\(listed.output)")
    #expect(listed.output.contains(" unreadable "), "\(listed.output)")
    #expect(listed.errorOutput.contains("not allowed to look into: private"), "\(listed.errorOutput)")
    #expect(listed.errorOutput.contains("1 backup could not be looked at"), "\(listed.errorOutput)")
    #expect(listed.errorOutput.contains("give the user of this shell the right"), "\(listed.errorOutput)")
    let checked = try await bench.run("check_backup -b local_service -r half", isPrivileged: false)
    #expect(checked.exit == .code(2), "\(checked)")
    #expect(checked.errorOutput.contains("could not tell: look at \(half.root)/users_1/"), "\(checked.errorOutput)")
    let denied = try await bench.run("check_backup -b local_service -r private", isPrivileged: false)
    #expect(denied.exit == .code(2) && denied.errorOutput.contains("Permission denied"), "\(denied)")
    _ = closed
  }
}
