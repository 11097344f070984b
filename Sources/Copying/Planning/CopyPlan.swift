/// How a copy is shared by several shells.
package struct CopyPlan: Sendable, Equatable {
  /// What decides how long it takes.
  package enum Bound: Sendable, Equatable {
    /// The bytes that one shell may write.
    case shellBytes
    /// The rows that one shell may write.
    case shellRows
    /// The source server that holds the most.
    case sourceServer(String)
    /// The target's servers together.
    case targetServers
  }

  /// Those that have something to do: no more than there are partitions.
  package var shells: [ShellPlan]
  /// Until the end of the last one.
  package var seconds: Double
  /// What decides about that.
  package var bound: Bound
  /// Rows of all partitions.
  package var rows: Int64
  /// Bytes of all partitions.
  package var bytes: Int64
  /// What the busiest source server sends in a second.
  package var busiestSourceBytesPerSecond: Double
  /// What each target server takes in a second, replicas not counted.
  package var targetBytesPerSecond: Double
}
