/// A release of Pegasus, without its patch level.
package struct ServerRelease: Sendable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Finds the first number with a point in a version: `2.4.0`, `2.6.0-SNAPSHOT`. `nil` when there is none.
  package init?(in text: String) {
    for word in text.split(whereSeparator: { !$0.isNumber && $0 != "." }) {
      let parts = word.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { continue }
      self.init(major, minor)
      return
    }
    return nil
  }

  package static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
  package var description: String { "\(major).\(minor)" }
}
