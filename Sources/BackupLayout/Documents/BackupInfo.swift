package import JSON

/// `backup_info`: the last file of a whole backup; where it is missing, the backup is not complete (2.0–2.6).
package struct BackupInfo: StoredDocument {
  /// What a backup holds.
  package enum Content: Equatable, Sendable {
    /// A backup that was asked for once, of one table (2.3–2.6).
    case table(id: Int32, name: String)
    /// A round of a policy: its tables by id. `status` 1 = there, 2 = being deleted.
    case tables(ids: [Int32], names: [Int32: String], status: Int32)
  }

  package static let fileName = "backup_info"
  package static let keys = ["backup_id", "start_time_ms", "end_time_ms"]
  private static let tableKeys = keys + ["app_id", "app_name"]
  private static let policyKeys = keys + ["app_ids", "app_names", "info_status"]

  /// The directory's name too.
  package var id: Int64
  /// Unix milliseconds.
  package var startTime: Int64
  /// Unix milliseconds. Always 0 in a backup that was asked for once: the servers write the file before they set it.
  package var endTime: Int64
  package var content: Content

  package init(id: Int64, startTime: Int64, endTime: Int64, content: Content) {
    self.id = id
    self.startTime = startTime
    self.endTime = endTime
    self.content = content
  }

  package init(contents: [UInt8]) throws(DocumentError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(StoredText.trimmed(contents))
    } catch {
      throw DocumentError(Self.fileName, "\(error)")
    }
    let keys = value["app_ids"] == nil ? Self.tableKeys : Self.policyKeys
    try self.init(try StoredFields(value, document: Self.fileName, keys: keys))
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    id = try fields.integer("backup_id")
    startTime = try fields.integer("start_time_ms")
    endTime = try fields.integer("end_time_ms")
    let ids = try fields.integers("app_ids")
    guard !ids.isEmpty else {
      content = .table(id: try fields.integer("app_id"), name: try fields.string("app_name"))
      return
    }
    var names: [Int32: String] = [:]
    for member in try fields.members("app_names") {
      guard let id = Int32(member.key), let name = member.value.text else {
        throw DocumentError(Self.fileName, "'app_names' does not map table ids to names")
      }
      names[id] = name
    }
    content = .tables(ids: ids, names: names, status: try fields.integer("info_status"))
  }

  package var json: JSONValue {
    var object: JSONObject = [
      "backup_id": .integer(id), "start_time_ms": .integer(startTime), "end_time_ms": .integer(endTime),
    ]
    switch content {
    case .table(let id, let name):
      object["app_id"] = .integer(Int64(id))
      object["app_name"] = .string(name)
    case .tables(let ids, let names, let status):
      object["app_ids"] = .array(ids.map { .integer(Int64($0)) })
      object["app_names"] = .object(names.sorted { $0.key < $1.key }.map { JSONMember("\($0.key)", .string($0.value)) })
      object["info_status"] = .integer(Int64(status))
    }
    return .object(object)
  }

  /// Every table in the backup, by id.
  package var tables: [Int32: String] {
    switch content {
    case .table(let id, let name): [id: name]
    case .tables(let ids, let names, _): names.filter { ids.contains($0.key) }
    }
  }
}
