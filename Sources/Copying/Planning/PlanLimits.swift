/// What a shared copy may take, and from whom.
package struct PlanLimits: Sendable, Equatable {
  /// Shells that work at the same time, one machine each.
  package var shells: Int
  /// Keys and values that one shell writes in a second; `nil` for no limit.
  package var bytesPerSecondPerShell: Double?
  /// Rows that one shell writes in a second; `nil` for no limit.
  package var rowsPerSecondPerShell: Double?
  /// Keys and values that one source server sends in a second; `nil` for no limit.
  package var bytesPerSecondPerSource: Double?
  /// Keys and values that one target server takes as primary in a second; each replica writes them once more. `nil` for no
  /// limit.
  package var bytesPerSecondPerTarget: Double?
  /// Replica servers of the target; its primaries are spread over all of them.
  package var targetServers: Int
  /// Rows on their way for one partition.
  package var maxInFlight: Int
  /// Rows in one reply of the source; `nil` for as many as fit.
  package var scanBatchSize: Int32?
  /// Partitions that one shell works on at once.
  package var maxConcurrentPartitions: Int

  package init(shells: Int, targetServers: Int, options: CopyOptions = CopyOptions()) {
    self.shells = shells
    self.targetServers = targetServers
    maxInFlight = options.maxInFlight
    scanBatchSize = options.scanBatchSize
    maxConcurrentPartitions = options.maxConcurrentPartitions
  }

  /// About how many rows a reply of the source holds.
  package func rowsPerReply(bytesPerRow: Double) -> Int64 {
    var options = CopyOptions()
    options.scanBatchSize = scanBatchSize
    return Int64(options.rowsPerReply(bytesPerRow: bytesPerRow))
  }
}
