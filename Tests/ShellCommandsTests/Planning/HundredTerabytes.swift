import Copying

/// The example of docs/copying-100-terabytes.md, and what comes of it.
struct HundredTerabytes {
  static let terabyte = 1_099_511_627_776.0
  static let megabyte = 1_048_576.0
  static let partitions = 4096
  static let servers = 60
  static let shells = 20
  static let replicas = 3
  static let rowBytes = 1024.0
  static let megabytesPerServer = 40.0

  /// How the bytes lie.
  enum Spread {
    case even
    /// Partitions of 80 to 120 % of the mean, one of three times the mean.
    case skewed
  }

  /// What the servers can give beyond the limit that was planned with.
  static let reserve = 1.25
  /// Of a request at that load, in seconds.
  static let roundTrip = 0.05

  let loads: [PartitionLoad]
  let limits: PlanLimits
  let plan: CopyPlan

  init(_ spread: Spread) throws {
    let mean = 100 * Self.terabyte / Double(Self.partitions)
    // A small generator of its own, so that the figures are the same everywhere.
    var state: UInt64 = 7
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    // The balancer gives every server as many primaries, in no order that would help.
    var places = (0..<Self.partitions).map { $0 % Self.servers }
    for index in places.indices.reversed() { places.swapAt(index, Int(next() * Double(index + 1))) }
    var sizes = (0..<Self.partitions).map { _ in spread == .even ? mean : mean * (0.8 + 0.4 * next()) }
    if spread == .skewed { sizes[2000] = 3 * mean }
    let scale = 100 * Self.terabyte / sizes.reduce(0, +)
    loads = sizes.enumerated().map { index, size in
      let bytes = size * scale
      return PartitionLoad(
        partition: Int32(index), rows: Int64(bytes / Self.rowBytes), bytes: Int64(bytes),
        server: "r\(places[index])")
    }
    var limits = PlanLimits(shells: Self.shells, targetServers: Self.servers)
    limits.bytesPerSecondPerShell = 200 * Self.megabyte
    limits.bytesPerSecondPerSource = Self.megabytesPerServer * Self.megabyte
    limits.bytesPerSecondPerTarget = Self.megabytesPerServer * Self.megabyte
    self.limits = limits
    plan = try CopyPlanner(limits).plan(loads)
  }

  func simulate(_ death: CopySimulation.Death? = nil) -> CopySimulation.Outcome {
    let capacity = Self.megabytesPerServer * Self.megabyte * Self.reserve
    return CopySimulation(
      bytesPerSecondPerPartition: Double(limits.maxInFlight) * Self.rowBytes / Self.roundTrip,
      maxOpen: limits.maxConcurrentPartitions, sourceCapacity: capacity,
      targetCapacity: capacity * Double(Self.servers), targetServers: Self.servers, death: death
    ).run(plan, loads)
  }
}
