/// Everything that was found out before a copy: what the judge judges.
package struct PreflightFacts: Sendable, Equatable {
  /// Where the rows come from.
  package var source: PreflightSide
  /// Where they go.
  package var target: PreflightSide
  /// The geo table that is filled as well; `nil` without one.
  package var geo: PreflightSide?
  /// Why source and target must not be copied, when they are one table.
  package var sameTable: String?
  /// Taken for a dry run only.
  package var sample: SourceSample?

  package init(source: PreflightSide, target: PreflightSide, geo: PreflightSide? = nil) {
    self.source = source
    self.target = target
    self.geo = geo
  }
}
