import Bytes
import FoundationEssentials
import JSON

/// A directory of this machine as a Hadoop file system holds it. Blocks.
struct HDFSDirectory {
  let root: String
  /// Whether files have the marks of a `local_service` beside them, for embedded clusters; they are not shown.
  var keepsMarks = false

  func place(_ path: String) -> String { root + path }

  func isDirectory(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: place(path), isDirectory: &isDirectory) && isDirectory
  }

  /// Nil for a directory and for what is not there.
  func contents(_ path: String) -> [UInt8]? {
    isDirectory(path) ? nil : FileManager.default.contents(atPath: place(path)).map { [UInt8]($0) }
  }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    let place = place(path)
    let directory = place[..<(place.lastIndex(of: "/") ?? place.startIndex)]
    try FileManager.default.createDirectory(atPath: String(directory), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(filePath: place))
    guard keepsMarks else { return }
    let mark = "{\"size\":\(bytes.count),\"md5\":\"\(MD5.hex(of: bytes))\"}"
    try Data(mark.utf8).write(to: URL(filePath: "\(directory)/\(Self.mark(place.split(separator: "/").last ?? ""))"))
  }

  /// Answers whether there was something.
  func remove(_ path: String) -> Bool {
    let place = place(path)
    let directory = place[..<(place.lastIndex(of: "/") ?? place.startIndex)]
    try? FileManager.default.removeItem(atPath: "\(directory)/\(Self.mark(place.split(separator: "/").last ?? ""))")
    return (try? FileManager.default.removeItem(atPath: place)) != nil
  }

  /// Sorted by their bytes, as name nodes answer.
  func names(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: place(path))) ?? [])
      .filter { !(keepsMarks && $0.hasPrefix(".") && $0.hasSuffix(".meta")) }.sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
  }

  /// All files below a path.
  func files(below path: String = "") -> [String] {
    names(in: path).flatMap { name -> [String] in
      let inner = "\(path)/\(name)"
      return isDirectory(inner) ? files(below: inner) : [inner]
    }
  }

  func status(_ path: String, name: String = "") -> JSONValue? {
    let isDirectory = isDirectory(path)
    let length = isDirectory ? 0 : contents(path)?.count
    guard let length else { return nil }
    return .object([
      "accessTime": 0, "blockSize": isDirectory ? 0 : 134_217_728, "childrenNum": 0, "fileId": 16387,
      "group": "supergroup", "length": .int(length), "modificationTime": 1_795_220_731_087, "owner": "pegasus",
      "pathSuffix": .string(name), "permission": isDirectory ? "755" : "644", "replication": isDirectory ? 0 : 3,
      "storagePolicy": 0, "type": isDirectory ? "DIRECTORY" : "FILE",
    ])
  }

  private static func mark(_ name: some StringProtocol) -> String { ".\(name).meta" }
}
