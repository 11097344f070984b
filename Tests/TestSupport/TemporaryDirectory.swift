import FoundationEssentials
import Glibc

/// A directory that is removed, with all it holds, when the value goes away.
package final class TemporaryDirectory: Sendable {
  package let path: String

  /// Under $TMPDIR, or /tmp.
  package init(_ name: String = "pegasus") {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no temporary directory can be made in \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of an entry.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and answers its path.
  @discardableResult
  package func write(_ name: String, _ contents: String) -> String {
    let path = file(name)
    guard let stream = fopen(path, "w") else { preconditionFailure("\(path) cannot be written") }
    fputs(contents, stream)
    fclose(stream)
    return path
  }

  /// The text of a file, nil when it is not there.
  package func read(_ name: String) -> String? {
    guard let stream = fopen(file(name), "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(contentsOf: chunk.prefix(count))
    }
  }
}
