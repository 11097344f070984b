internal import JSON

/// One number of a 2.6 server's `/metrics`.
struct Metric {
  enum Kind: String {
    case gauge = "Gauge"
    case counter = "Counter"
  }

  let name: String
  let kind: Kind
  let unit: String
  let value: JSONValue

  static func gauge(_ name: String, _ value: some BinaryInteger, unit: String = "Bytes") -> Metric {
    Metric(name: name, kind: .gauge, unit: unit, value: .integer(Int64(clamping: value)))
  }

  static func counter(_ name: String, _ value: Int64, unit: String = "Requests") -> Metric {
    Metric(name: name, kind: .counter, unit: unit, value: .integer(value))
  }
}

/// What metrics are about: a server, a replica, a disk, a table, a partition.
struct MetricEntity {
  let type: String
  let id: String
  let attributes: [(String, String)]
  let metrics: [Metric]
}
