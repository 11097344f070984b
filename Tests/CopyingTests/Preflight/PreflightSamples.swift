@testable import Copying

/// Facts as a healthy pair of clusters gives them; tests change what they are about.
enum PreflightSamples {
  static func side(_ cluster: String, partitions: Int = 8, presence: PreflightSide.Presence = .found) -> PreflightSide {
    var side = PreflightSide(cluster: cluster, metaServers: ["\(cluster)-meta:34601"], table: "users")
    side.exists = true
    side.tableID = 2
    side.partitionCount = partitions
    side.initialPartitionCount = partitions
    side.replicaCount = 3
    side.deadServers = .known([])
    side.aliveServers = .known(5)
    side.versions = .known(["2.6.0"])
    side.rows = .known(1_000_000)
    side.bytes = .known(100 << 20)
    side.presence = .known(presence)
    side.environment = .known([:])
    side.duplications = .known([])
    side.isBulkLoading = .known(false)
    side.isSplitting = .known(false)
    side.metaLevel = .known("steady")
    side.atomicIdempotent = .known(false)
    side.dataVersions = .known(["1"])
    side.maxWriteSize = .known(1 << 20)
    side.disks = .known([PreflightSide.Disk(server: "r1:34801", available: 1 << 40)])
    return side
  }

  static func facts(_ change: (inout PreflightFacts) -> Void = { _ in }) -> PreflightFacts {
    var facts = PreflightFacts(source: side("A"), target: side("B", presence: .absent))
    facts.target.rows = .known(0)
    change(&facts)
    return facts
  }

  static func sample(rows: Int64 = 4000, bytesPerRow: Int64 = 100, seconds: Double = 0.5) -> SourceSample {
    var sample = SourceSample()
    sample.rows = rows
    sample.bytes = rows * bytesPerRow
    sample.seconds = seconds
    sample.partitions = 4
    sample.largestRow = bytesPerRow * 2
    sample.expiringRows = rows / 4
    return sample
  }
}
