import Copying
import EventLoop
import JSON

/// Everything a precise count is built from, as it stands in the journal.
struct CountPlan: Sendable {
  static let version = 1

  var table: TableIdentity
  var options: CountOptions
  /// It ends after so many seconds with what it has; 0: never.
  var runSeconds: Int

  init(table: TableIdentity, options: CountOptions, runSeconds: Int) {
    self.table = table
    self.options = options
    self.runSeconds = runSeconds
  }

  var parameters: JSONValue {
    var members = [
      JSONMember("partition", options.partitions.map { .array($0.map { .int($0) }) } ?? .null),
      JSONMember("diff_hash_key", .bool(options.countsHashKeys)),
      JSONMember("stat_size", .bool(options.measuresSizes)),
      JSONMember("top_count", .int(options.topCount)),
      JSONMember("timeout_ms", .int(options.timeout.wholeMilliseconds)),
      JSONMember("run_seconds", .int(runSeconds)),
    ]
    if case .object(let filters) = options.filter.json { members += filters }
    return .object(["table": table.json, "options": .object(members)])
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    table = try TableIdentity(parameters["table"])
    let json = parameters["options"] ?? .null
    func integer(_ name: String) throws(ShellError) -> Int {
      guard let value = json[name]?.double.flatMap({ Int(exactly: $0) }) else {
        throw ShellError("the plan of the job has no '\(name)'", status: .refused)
      }
      return value
    }
    options = CountOptions()
    if let list = json["partition"], list != .null {
      options.partitions = list.elements.compactMap { $0.double.flatMap { Int32(exactly: $0) } }
    }
    options.countsHashKeys = json["diff_hash_key"] == .bool(true)
    options.measuresSizes = json["stat_size"] == .bool(true)
    options.topCount = try integer("top_count")
    options.timeout = .milliseconds(try integer("timeout_ms"))
    options.filter = try RowFilter(json)
    runSeconds = try integer("run_seconds")
  }
}
