import FoundationEssentials

/// What a server's `/metrics` said at one moment (Pegasus 2.6; earlier servers have perf counters instead).
package struct ServerMetrics: Sendable, Decodable {
  /// One measured thing: the server itself, a replica, a disk.
  package struct Entity: Sendable, Decodable {
    package var type: String
    /// "replica@<table id>.<partition>" for replicas.
    package var id: String
    package var metrics: [Metric]

    /// The metric of this name; `nil` when the server does not have it.
    package func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
  }

  package struct Metric: Sendable, Decodable {
    package var name: String
    /// A gauge's or counter's value; a percentile has none.
    package var value: Double?
    package var p99: Double?
  }

  package var entities: [Entity]
  /// The server's clock when it answered, in nanoseconds; counters are totals, so rates need two of these.
  package var nanoseconds: Int64

  private enum CodingKeys: String, CodingKey {
    case entities
    case nanoseconds = "timestamp_ns"
  }

  /// - Throws: `DecodingError` when the text is not what a 2.6 server sends
  package init(json: [UInt8]) throws {
    self = try JSONDecoder().decode(ServerMetrics.self, from: Data(json))
  }
}
