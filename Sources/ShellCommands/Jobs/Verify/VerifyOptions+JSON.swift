import Copying
import EventLoop
import JSON

extension VerifyOptions {
  /// What a job's plan keeps of the options, the rate limit left out: it belongs to the job and may change while it runs.
  /// The names are those of the command's options, because a refused resume shows them.
  var json: JSONValue {
    var members = [
      JSONMember("partition", partitions.map { .array($0.map { .int($0) }) } ?? .null),
      JSONMember("no_ttl", .bool(ignoresExpiry)),
      JSONMember("ttl_tolerance", .int(expiryTolerance)),
      JSONMember("sample", .int(sample)),
      JSONMember("rounds", .int(rounds)),
      JSONMember("delay_ms", .int(delay.wholeMilliseconds)),
      JSONMember("timeout_ms", .int(timeout.wholeMilliseconds)),
    ]
    if case .object(let filters) = filter.json { members += filters }
    return .object(members)
  }

  /// - Throws: `ShellError` when it was not written by `json`
  init(_ json: JSONValue) throws(ShellError) {
    func integer<Value: BinaryInteger>(_ name: String, _ type: Value.Type) throws(ShellError) -> Value {
      guard let value = json[name]?.double.flatMap({ Value(exactly: $0) }) else {
        throw ShellError("the plan of the job has a '\(name)' that this shell does not understand", status: .refused)
      }
      return value
    }
    self.init()
    if let list = json["partition"], list != .null {
      partitions = list.elements.compactMap { $0.double.flatMap { Int32(exactly: $0) } }
    }
    ignoresExpiry = json["no_ttl"] == .bool(true)
    expiryTolerance = try integer("ttl_tolerance", UInt32.self)
    sample = max(1, try integer("sample", UInt64.self))
    rounds = try integer("rounds", Int.self)
    delay = .milliseconds(try integer("delay_ms", Int64.self))
    timeout = .milliseconds(try integer("timeout_ms", Int64.self))
    filter = try RowFilter(json)
  }
}
