import Jobs

/// What the keys of a job that is shown mean.
enum JobKeys {
  static func help(isOwn: Bool) -> [String] {
    [
      "space  the partitions, one by one",
      "p      pause: what is on its way is finished, nothing new is begun",
      "r      resume after a pause",
      "+ -    change the limit by a quarter; without one - sets 75 % of the rate",
      isOwn
        ? "q      back to the prompt, as Ctrl-Z does; the job goes on"
        : "q      back to the prompt, as Ctrl-C does; the job goes on where it runs",
      isOwn ? "Ctrl-C stop in order; it can be resumed" : "?      hide this",
    ] + (isOwn ? ["?      hide this"] : [])
  }

  /// The limit after `+` or `-`; nil when there is none that could be raised, and no rate to begin at.
  ///
  /// - Parameter factor: 1.25 or 0.75
  static func rate(after record: JobRecord, factor: Double) -> JobRate? {
    let present = record.rate ?? .off
    if present != .off {
      return JobRate(
        unitsPerSecond: present.unitsPerSecond.map { rounded($0 * factor) },
        bytesPerSecond: present.bytesPerSecond.map { rounded($0 * factor) })
    }
    guard factor < 1, let rate = record.progress?.rate, rate >= 1 else { return nil }
    return JobRate(unitsPerSecond: rounded(rate * factor))
  }

  /// Three digits are enough, and less than one in a second would look like a stop.
  private static func rounded(_ value: Double) -> Double {
    var step = 1.0
    while value / step >= 1000 { step *= 10 }
    return max(1, (value / step).rounded() * step)
  }
}
