/// Paths on a storage service, as the servers put them together.
package enum StoragePath {
  /// The parts with one slash between them; empty parts count for nothing.
  package static func join(_ parts: String...) -> String {
    parts.flatMap { $0.split(separator: "/") }.joined(separator: "/")
  }

  /// Directory and name of a path; the directory is empty when there is none.
  package static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  /// False for a path that would leave the service's root.
  package static func staysInside(_ path: String) -> Bool { !path.split(separator: "/").contains("..") }
}
