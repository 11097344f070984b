package import JSON

/// `backup_metadata`: the files of one partition's checkpoint (2.0–2.6). It does not list itself.
package struct BackupMetadata: StoredDocument {
  package static let fileName = "backup_metadata"
  package static let keys = ["checkpoint_decree", "checkpoint_timestamp", "files", "checkpoint_total_size"]

  /// The last write that the checkpoint contains.
  package var decree: Int64
  /// Unix milliseconds.
  package var timestamp: Int64
  package var files: [FileRecord]
  /// Bytes of all files together.
  package var totalSize: Int64

  package init(decree: Int64, timestamp: Int64, files: [FileRecord]) {
    self.decree = decree
    self.timestamp = timestamp
    self.files = files
    self.totalSize = files.reduce(0) { $0 &+ $1.size }
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    decree = try fields.integer("checkpoint_decree")
    timestamp = try fields.integer("checkpoint_timestamp")
    files = try fields.files("files")
    totalSize = try fields.integer("checkpoint_total_size")
  }

  package var json: JSONValue {
    .object([
      "checkpoint_decree": .integer(decree), "checkpoint_timestamp": .integer(timestamp),
      "files": .array(files.map(\.json)), "checkpoint_total_size": .integer(totalSize),
    ])
  }
}
