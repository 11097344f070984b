import JSON
import Terminal
import EventLoop
import PegasusClient
import PegasusProtocol

/// What a data command has to say: lines for people, fields for programs, and where the answer came from.
struct DataReport {
  /// Result lines, for standard output.
  var lines: [String] = []
  /// The same as typed values, in the order in which they are shown.
  var fields: JSONObject = [:]
  var place: RowPlace?

  init(_ line: String? = nil, fields: JSONObject = [:], place: RowPlace? = nil) {
    if let line { lines = [line] }
    self.fields = fields
    self.place = place
  }
}

extension RowPlace {
  /// The block that follows a result.
  var lines: [String] {
    var lines = ["app_id          : \(appID)", "partition_index : \(partitionIndex)"]
    if let decree { lines.append("decree          : \(decree)") }
    lines.append("server          : \(server)")
    return lines
  }

  func add(to fields: inout JSONObject) {
    fields["app_id"] = .int(appID)
    fields["partition_index"] = .int(partitionIndex)
    if let decree { fields["decree"] = .integer(decree) }
    fields["server"] = .string(server)
  }
}

extension Session {
  /// Shows a report: results on standard output, the place below them as messages; or all of it as one JSON document.
  func show(_ report: DataReport) {
    if output.isJSON {
      var fields = report.fields
      report.place?.add(to: &fields)
      output.json(.object(fields))
      return
    }
    for line in report.lines { output.line(line) }
    guard let place = report.place else { return }
    output.note("")
    for line in place.lines { output.note(line) }
  }

  /// A result that is nothing but a confirmation.
  func confirm(_ place: RowPlace) {
    show(DataReport("OK", fields: ["result": "ok"], place: place))
  }

  /// A row's line: `"h" : "s" => "v"`.
  func rowLine(_ hashKey: [UInt8], _ sortKey: [UInt8], _ value: [UInt8]?) -> String {
    let keys = quoted(hashKey, all: escapesAll) + " : " + quoted(sortKey, all: escapesAll)
    return value.map { keys + " => " + quoted($0, all: escapesAll) } ?? keys
  }

  /// A row as a JSON object.
  func rowObject(_ hashKey: [UInt8], _ sortKey: [UInt8], _ value: [UInt8]?) -> JSONValue {
    var fields = JSONObject()
    fields.add(bytes: hashKey, as: "hash_key")
    fields.add(bytes: sortKey, as: "sort_key")
    if let value { fields.add(bytes: value, as: "value") }
    return .object(fields)
  }
}

/// The key of a row.
///
/// - Throws: `ShellError` when the hash key is longer than a key can hold
func rowKey(_ hashKey: [UInt8], _ sortKey: [UInt8]) throws -> PegasusKey {
  guard hashKey.count <= PegasusKey.longestHashKey else {
    throw ShellError(
      "the hash key has \(hashKey.count) bytes; at most \(PegasusKey.longestHashKey) are allowed", status: .usage)
  }
  return try PegasusKey(hashKey: hashKey, sortKey: sortKey)
}

/// Runs a call and says what "invalid argument" means for it.
@LoopActor
func explainingInvalidArgument<Value: Sendable>(
  _ advice: String, _ call: @LoopActor () async throws -> Value
) async throws -> Value {
  do {
    return try await call()
  } catch let error as ClientError {
    guard case .storage(.invalidArgument) = error.reason else { throw error }
    throw ShellError("\(error.action): \(error.cause)", advice: advice)
  }
}
