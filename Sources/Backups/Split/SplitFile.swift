package import BackupLayout
package import JSON

/// A finished file for one partition of the target, in its place.
package struct SplitFile: Sendable, Equatable {
  package var partition: Int32
  package var record: FileRecord
  package var rows: Int64

  package init(partition: Int32, record: FileRecord, rows: Int64) {
    self.partition = partition
    self.record = record
    self.rows = rows
  }

  package var json: JSONValue {
    .object([
      "partition": .integer(Int64(partition)), "name": .string(record.name), "size": .integer(record.size),
      "md5": .string(record.md5), "rows": .integer(rows),
    ])
  }

  /// Nil when the value is none of these.
  package init?(_ json: JSONValue) {
    guard case .integer(let partition)? = json["partition"], let index = Int32(exactly: partition), index >= 0,
      let name = json["name"]?.text, case .integer(let size)? = json["size"], let md5 = json["md5"]?.text,
      case .integer(let rows)? = json["rows"], rows >= 0
    else { return nil }
    self.init(partition: index, record: FileRecord(name: name, size: size, md5: md5), rows: rows)
    if !record.hasPlainName { return nil }
  }
}
