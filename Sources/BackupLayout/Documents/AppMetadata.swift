package import JSON

/// `app_metadata`: the table that a backup was made of (2.0–2.6). Its environments are never in it.
package struct AppMetadata: StoredDocument {
  package static let fileName = "app_metadata"
  package static let keys = [
    "status", "app_type", "app_name", "app_id", "partition_count", "envs", "is_stateful", "max_replica_count",
    "expire_second", "create_second", "drop_second", "duplicating", "init_partition_count", "is_bulk_loading",
    "atomic_idempotent",
  ]

  /// `app_status::AS_AVAILABLE` in every backup.
  package var status = "app_status::AS_AVAILABLE"
  package var type = "pegasus"
  package var name: String
  package var id: Int32
  package var partitionCount: Int32
  package var replicaCount: Int32
  /// Unix seconds; 0 = never.
  package var createSecond: Int64 = 0
  package var dropSecond: Int64 = 0
  package var expireSecond: Int64 = 0
  package var isDuplicating = false
  package var initialPartitionCount: Int32
  package var isBulkLoading = false
  /// 2.6.
  package var isAtomicIdempotent = false

  package init(name: String, id: Int32, partitionCount: Int32, replicaCount: Int32, createSecond: Int64 = 0) {
    self.name = name
    self.id = id
    self.partitionCount = partitionCount
    self.replicaCount = replicaCount
    self.createSecond = createSecond
    self.initialPartitionCount = partitionCount
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    status = try fields.string("status")
    type = try fields.string("app_type")
    name = try fields.string("app_name")
    id = try fields.integer("app_id")
    partitionCount = try fields.integer("partition_count")
    replicaCount = try fields.integer("max_replica_count")
    createSecond = try fields.integer("create_second")
    dropSecond = try fields.integer("drop_second")
    expireSecond = try fields.integer("expire_second")
    isDuplicating = try fields.flag("duplicating")
    initialPartitionCount = try fields.integer("init_partition_count")
    isBulkLoading = try fields.flag("is_bulk_loading")
    isAtomicIdempotent = try fields.flag("atomic_idempotent")
  }

  package var json: JSONValue {
    func flag(_ value: Bool) -> JSONValue { .integer(value ? 1 : 0) }
    return .object([
      "status": .string(status), "app_type": .string(type), "app_name": .string(name), "app_id": .integer(Int64(id)),
      "partition_count": .integer(Int64(partitionCount)), "envs": .object([JSONMember]()), "is_stateful": 1,
      "max_replica_count": .integer(Int64(replicaCount)), "expire_second": .integer(expireSecond),
      "create_second": .integer(createSecond), "drop_second": .integer(dropSecond), "duplicating": flag(isDuplicating),
      "init_partition_count": .integer(Int64(initialPartitionCount)), "is_bulk_loading": flag(isBulkLoading),
      "atomic_idempotent": flag(isAtomicIdempotent),
    ])
  }
}
