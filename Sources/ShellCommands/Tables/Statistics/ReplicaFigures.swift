import PegasusClient
import PegasusProtocol

/// The numbers of one primary, or of several together, from one sample or two.
struct ReplicaFigures: Sendable, Equatable {
  /// Of counters, by the second.
  private(set) var rates: [String: Double] = [:]
  /// Of counters: how much they have grown between the samples; up to 2.5, since the servers last collected them.
  private(set) var increases: [String: Double] = [:]
  /// As the second sample has them.
  private(set) var gauges: [String: Double] = [:]

  init() {}

  /// A counter that fell, because the server was started anew, tells nothing.
  ///
  /// - Parameter first: the sample before; nil when this one is the only one
  init(_ gpid: GPID, first: ReplicaReading?, second: ReplicaReading) {
    guard let values = second.replicas[gpid] else { return }
    gauges = values
    guard let end = second.nanoseconds else {
      (rates, increases) = (values, values)
      return
    }
    guard let first, let begin = first.nanoseconds, end > begin, let before = first.replicas[gpid] else { return }
    for (name, value) in values {
      guard let old = before[name], value >= old else { continue }
      increases[name] = value - old
      rates[name] = (value - old) * 1e9 / Double(end - begin)
    }
  }

  static func += (all: inout ReplicaFigures, one: ReplicaFigures) {
    all.rates.merge(one.rates, uniquingKeysWith: +)
    all.increases.merge(one.increases, uniquingKeysWith: +)
    all.gauges.merge(one.gauges, uniquingKeysWith: +)
  }

  /// Gauges together; nil when one of them is not known.
  func sum(_ names: [String], less: [String]) -> Double? {
    var sum = 0.0
    for name in names {
      guard let value = gauges[name] else { return nil }
      sum += value
    }
    for name in less {
      guard let value = gauges[name] else { return nil }
      sum -= value
    }
    return sum
  }
}
