import Glibc

/// The programs of this package, built next to the tests.
package enum BuiltPrograms {
  /// The directory of the running test program.
  package static let directory: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer.prefix(max(length, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }()

  /// The path of `pegasus-shell`, `pegasus-onebox`, …
  package static func path(_ name: String) -> String { "\(directory)/\(name)" }
}
