package import JSON

/// `bulk_load_metadata`: the files of one partition of a bulk load (2.1–2.6).
package struct BulkLoadMetadata: StoredDocument {
  package static let fileName = "bulk_load_metadata"
  package static let keys = ["files", "file_total_size"]

  package var files: [FileRecord]
  /// Bytes of all files together. Servers take a partition only when it is above 0 and the exact sum.
  package var totalSize: Int64

  package init(files: [FileRecord]) {
    self.files = files
    self.totalSize = files.reduce(0) { $0 &+ $1.size }
  }

  package init(_ fields: StoredFields) throws(DocumentError) {
    files = try fields.files("files")
    totalSize = try fields.integer("file_total_size")
  }

  package var json: JSONValue {
    .object(["files": .array(files.map(\.json)), "file_total_size": .integer(totalSize)])
  }
}
