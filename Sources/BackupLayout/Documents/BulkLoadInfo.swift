package import JSON

/// `bulk_load_info`: the table that a bulk-load tree was made for (2.1–2.6).
package struct BulkLoadInfo: StoredDocument {
  package static let fileName = "bulk_load_info"
  package static let keys = ["app_id", "app_name", "partition_count"]

  /// Of the table to be loaded; servers compare it and the partition count, never the name.
  package var tableID: Int32
  package var tableName: String
  package var partitionCount: Int32

  package init(tableID: Int32, tableName: String, partitionCount: Int32) {
    self.tableID = tableID
    self.tableName = tableName
    self.partitionCount = partitionCount
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    tableID = try fields.integer("app_id")
    tableName = try fields.string("app_name")
    partitionCount = try fields.integer("partition_count")
  }

  package var json: JSONValue {
    .object([
      "app_id": .integer(Int64(tableID)), "app_name": .string(tableName),
      "partition_count": .integer(Int64(partitionCount)),
    ])
  }
}
