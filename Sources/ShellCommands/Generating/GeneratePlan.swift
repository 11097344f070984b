import CommandLineKit
import JSON

/// Everything that generating rows is built from, as it stands in the journal.
struct GeneratePlan: Sendable {
  static let version = 1

  var table: TableIdentity
  var count: Int64
  var seed: UInt64
  var ttlPercent: Int
  var valueSize: Int
  var prefix: [UInt8]

  var generator: RowGenerator {
    RowGenerator(seed: seed, ttlPercent: ttlPercent, valueSize: valueSize, prefix: prefix)
  }

  var parameters: JSONValue {
    .object([
      "table": table.json, "count": .integer(count), "seed": .string(String(seed)), "ttl_percent": .int(ttlPercent),
      "value_size": .int(valueSize), "prefix": .string(ByteEscaping.escape(prefix)),
    ])
  }

  init(table: TableIdentity, count: Int64, seed: UInt64, ttlPercent: Int, valueSize: Int, prefix: [UInt8]) {
    self.table = table
    self.count = count
    self.seed = seed
    self.ttlPercent = ttlPercent
    self.valueSize = valueSize
    self.prefix = prefix
  }

  /// - Throws: `ShellError` when it was not written by `parameters`
  init(_ parameters: JSONValue) throws(ShellError) {
    table = try TableIdentity(parameters["table"])
    guard let count = parameters["count"]?.double.flatMap({ Int64(exactly: $0) }),
      let seed = parameters["seed"]?.text.flatMap({ UInt64($0) }),
      let ttlPercent = parameters["ttl_percent"]?.double.flatMap({ Int(exactly: $0) }),
      let valueSize = parameters["value_size"]?.double.flatMap({ Int(exactly: $0) }),
      let prefix = parameters["prefix"]?.text
    else {
      throw ShellError("the plan of the job is not one of generate_data", status: .refused)
    }
    (self.count, self.seed, self.ttlPercent, self.valueSize) = (count, seed, ttlPercent, valueSize)
    self.prefix = ByteEscaping.unescape(Array(prefix.utf8))
  }
}
