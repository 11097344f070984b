/// How fast a job may work, at most.
package struct JobRate: Sendable, Equatable {
  /// Rows, for most jobs; nil: no limit.
  package var unitsPerSecond: Double?
  /// nil: no limit.
  package var bytesPerSecond: Double?

  package init(unitsPerSecond: Double? = nil, bytesPerSecond: Double? = nil) {
    self.unitsPerSecond = unitsPerSecond
    self.bytesPerSecond = bytesPerSecond
  }

  /// No limit.
  package static let off = JobRate()
}
