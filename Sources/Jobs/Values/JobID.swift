/// The number of a job in its journal: counted from 1, never given twice.
package struct JobID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  package var rawValue: Int64

  package init(rawValue: Int64) { self.rawValue = rawValue }

  /// The number as a person types it: "7"; nil for anything else.
  package init?(_ text: String) {
    guard let number = Int64(text), number > 0 else { return nil }
    rawValue = number
  }

  package static func < (left: JobID, right: JobID) -> Bool { left.rawValue < right.rawValue }

  package var description: String { String(rawValue) }
}
