import Copying
import EventLoop
import JSON

extension CopyOptions {
  /// What a job's plan keeps of the options, rate limits left out: they belong to the job and may change while it runs.
  /// The names are those of the command's options, because a refused resume shows them.
  var json: JSONValue {
    var members = [
      JSONMember("partition", partitions.map { .array($0.map { .int($0) }) } ?? .null),
      JSONMember("write_mode", .string(mode.rawValue)),
      JSONMember("max_batch_count", .int(maxInFlight)),
      JSONMember("max_multi_set_concurrency", .int(maxMultiSetConcurrency)),
      JSONMember("origin_cluster_id", .int(originClusterID)),
      JSONMember("scan_option_batch_size", scanBatchSize.map { .int($0) } ?? .null),
      JSONMember("timeout_ms", .int(timeout.wholeMilliseconds)),
      JSONMember("max_target_latency_ms", maxTargetLatency.map { .int($0.wholeMilliseconds) } ?? .null),
      JSONMember("no_value", .bool(dropsValues)),
      JSONMember("no_ttl", .bool(dropsExpiry)),
    ]
    if case .object(let filters) = filter.json { members += filters }
    return .object(members)
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue) throws(ShellError) {
    func unknown(_ name: String) -> ShellError {
      ShellError("the plan of the job has a '\(name)' that this shell does not understand", status: .refused)
    }
    func integer<Value: BinaryInteger>(_ name: String, _ type: Value.Type) throws(ShellError) -> Value {
      guard let value = json[name]?.double.flatMap({ Value(exactly: $0) }) else { throw unknown(name) }
      return value
    }
    self.init()
    switch json["partition"] {
    case nil, .null?: partitions = nil
    case let list?: partitions = list.elements.compactMap { $0.double.flatMap { Int32(exactly: $0) } }
    }
    guard let mode = json["write_mode"]?.text.flatMap({ WriteMode(rawValue: $0) }) else { throw unknown("write_mode") }
    self.mode = mode
    maxInFlight = try integer("max_batch_count", Int.self)
    maxMultiSetConcurrency = try integer("max_multi_set_concurrency", Int.self)
    originClusterID = try integer("origin_cluster_id", UInt8.self)
    if let size = json["scan_option_batch_size"], size != .null {
      scanBatchSize = try integer("scan_option_batch_size", Int32.self)
    }
    timeout = .milliseconds(try integer("timeout_ms", Int64.self))
    if let limit = json["max_target_latency_ms"], limit != .null {
      maxTargetLatency = .milliseconds(try integer("max_target_latency_ms", Int64.self))
    }
    dropsValues = json["no_value"] == .bool(true)
    dropsExpiry = json["no_ttl"] == .bool(true)
    filter = try RowFilter(json)
  }
}
