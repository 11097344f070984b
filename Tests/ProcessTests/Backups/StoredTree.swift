import BackupLayout
import Bytes
import Foundation
import Glibc
import JSON

/// A backup or a bulk-load tree on a `local_service`, to be damaged.
struct StoredTree {
  let root: String

  /// A copy of `original` that may be damaged.
  init(copyOf original: String, at root: String) throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try FileManager.default.removeItem(atPath: root)
    try FileManager.default.copyItem(atPath: original, toPath: root)
    self.root = root
  }

  func place(_ path: String) -> String { "\(root)/\(path)" }

  private func mark(_ path: String) -> String {
    let (directory, name) = StoragePath.split(place(path))
    return "\(directory)/\(LocalFileMark.name(for: name))"
  }

  /// The only directory with a checkpoint in a partition of `users`.
  func checkpoint(_ partition: Int) -> String {
    let directory = "users_1/\(partition)"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place(directory))) ?? []
    return "\(directory)/\(names.first { $0.hasPrefix("chkpt_") } ?? "none")"
  }

  /// A data file in a directory.
  func dataFile(_ directory: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place(directory))) ?? []
    return "\(directory)/\(names.sorted().last { $0.hasSuffix(".sst") && !$0.hasPrefix(".") } ?? "none")"
  }

  // MARK: Damage

  /// Replaces a file and its mark, so that only its contents are wrong.
  func write(_ path: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: place(path)))
    try Data(LocalFileMark(size: Int64(bytes.count), md5: MD5.hex(of: bytes)).contents)
      .write(to: URL(filePath: mark(path)))
  }

  func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

  func replace(_ path: String, _ text: String, _ other: String) throws {
    let contents = String(decoding: try Data(contentsOf: URL(filePath: place(path))), as: UTF8.self)
    try write(path, contents.replacing(text, with: other))
  }

  /// Changes a document.
  func edit(_ path: String, _ body: (inout JSONObject) -> Void) throws {
    let contents = [UInt8](try Data(contentsOf: URL(filePath: place(path))))
    guard case .object(let members) = try JSONParser.parse(contents) else { return }
    var object = JSONObject()
    for member in members { object[member.key] = member.value }
    body(&object)
    var changed: [UInt8] = []
    JSONValue.object(object).append(to: &changed)
    try write(path, changed)
  }

  func remove(_ path: String) {
    unlink(place(path))
    unlink(mark(path))
  }

  func removeMark(of path: String) { unlink(mark(path)) }

  func damageMark(of path: String) throws { try Data("{\"size\":".utf8).write(to: URL(filePath: mark(path))) }

  func cut(_ path: String, by count: Int) throws {
    let size = try Data(contentsOf: URL(filePath: place(path))).count
    truncate(place(path), size - count)
  }

  func flip(_ path: String) throws {
    var contents = try Data(contentsOf: URL(filePath: place(path)))
    contents[contents.count / 2] ^= 1
    try contents.write(to: URL(filePath: place(path)))
  }
}
