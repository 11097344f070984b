/// One name in a directory of a storage.
package struct BlockEntry: Sendable, Equatable {
  package var name: String
  package var isDirectory: Bool
  /// Bytes of a file as it lies there; 0 for a directory.
  package var size: Int64

  package init(name: String, isDirectory: Bool, size: Int64 = 0) {
    self.name = name
    self.isDirectory = isDirectory
    self.size = size
  }
}

/// What a storage knows of a file.
package struct BlockFile: Sendable, Equatable {
  /// Bytes as it lies there.
  package var size: Int64
  /// Bytes that were written down when it was stored; nil where nobody writes that down (HDFS).
  package var recordedSize: Int64?
  /// The MD5 that was written down when it was stored, in hexadecimal; nil where nobody does (HDFS).
  package var recordedMD5: String?

  package init(size: Int64, recordedSize: Int64? = nil, recordedMD5: String? = nil) {
    self.size = size
    self.recordedSize = recordedSize
    self.recordedMD5 = recordedMD5
  }
}
