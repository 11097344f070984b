package import JSON

/// `app_backup_status`: says that a policy's round is done with this table (2.0–2.6, policies only).
package struct AppBackupStatus: StoredDocument {
  package static let fileName = "app_backup_status"
  package static let keys = ["total_checkpoint_size"]

  /// Bytes of all its partitions' checkpoints.
  package var totalCheckpointSize: Int64

  package init(totalCheckpointSize: Int64) { self.totalCheckpointSize = totalCheckpointSize }

  package init(_ fields: StoredFields) throws(DocumentError) {
    totalCheckpointSize = try fields.integer("total_checkpoint_size")
  }

  package var json: JSONValue { .object(["total_checkpoint_size": .integer(totalCheckpointSize)]) }
}
