import Glibc

/// What the machine did besides this run, while it lasted: on a machine with few cores nothing else explains figures as
/// well.
struct Disturbance: Sendable {
  /// Seconds of processor time.
  private struct Times {
    /// Of all cores, used or not.
    var all: Double
    var used: Double
    /// Taken away by the machine's host.
    var stolen: Double
    /// Used by this process and the children it has waited for.
    var ours: Double
  }

  private let start = Self.times()

  /// The parts of the machine's time that others used, and that its host withheld. To be asked when all children have
  /// been waited for.
  func shares() -> (others: Double, stolen: Double) {
    let now = Self.times()
    let all = max(now.all - start.all, 0.01)
    let others = (now.used - start.used) - (now.ours - start.ours)
    return (max(others, 0) / all, (now.stolen - start.stolen) / all)
  }

  private static func times() -> Times {
    let tick = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    // user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, stolen
    let numbers =
      SystemFile.lines("/proc/stat").first?.split(separator: " ").dropFirst().compactMap { Double($0) } ?? []
    guard numbers.count >= 8 else { return Times(all: 0, used: 0, stolen: 0, ours: 0) }
    let all = numbers[..<8].reduce(0, +)
    let used = all - numbers[3] - numbers[4] - numbers[7]
    let ours = processorSeconds(RUSAGE_SELF.rawValue) + processorSeconds(RUSAGE_CHILDREN.rawValue)
    return Times(all: all / tick, used: used / tick, stolen: numbers[7] / tick, ours: ours)
  }

  /// What this process has used so far.
  static func ownSeconds() -> Double { processorSeconds(RUSAGE_SELF.rawValue) }

  private static func processorSeconds(_ who: some BinaryInteger) -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(who), &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }
}
