internal import CSST

/// Writes one data file that a database can ingest. Keys must be added in strictly rising order.
package struct SSTWriter: ~Copyable {
  private static let leastBuffer = 64 << 10

  private let raw: OpaquePointer
  private let path: String

  /// Creates the file `path`, replacing what is there. Of the options those count that files have: compression, filters,
  /// form, buffer.
  package init(path: String, options: DatabaseOptions = .init()) throws(StorageError) {
    let wanted = csst_writer_options(
      compression: options.compression.code, has_filter: options.writesFilters,
      is_portable: options.writesPortableFiles, buffer_bytes: max(options.fileBuffer, Self.leastBuffer))
    var text: UnsafeMutablePointer<CChar>?
    guard let raw = csst_create(path, wanted, &text) else { throw Self.error("create file", path, text) }
    self.raw = raw
    self.path = path
  }

  /// Fails with `.invalidArgument` when `key` does not come after the one before.
  package mutating func put(_ key: RawSpan, _ value: RawSpan) throws(StorageError) {
    // For every row: nothing but numbers is touched unless it fails.
    let raw = self.raw
    let text = key.withChars { keyChars, keyCount in
      value.withChars { csst_put(raw, keyChars, keyCount, $0, $1) }
    }
    if let text { throw Self.error("add to file", path, text) }
  }

  package mutating func delete(_ key: RawSpan) throws(StorageError) {
    if let text = key.withChars({ csst_delete(raw, $0, $1) }) { throw Self.error("add to file", path, text) }
  }

  /// Bytes written so far.
  package var byteCount: UInt64 { csst_size(raw) }

  /// Completes the file and waits until the disk has it. Fails with `.invalidArgument` when no row was added.
  package mutating func finish() throws(StorageError) {
    if let text = csst_finish(raw) { throw Self.error("finish file", path, text) }
  }

  @inline(never)
  private static func error(
    _ operation: String, _ path: String, _ text: UnsafeMutablePointer<CChar>?
  ) -> StorageError {
    defer { csst_free(text) }
    return StorageError(status: text.map { String(cString: $0) } ?? "", operation: operation, path: path)
  }

  deinit { csst_discard(raw) }
}
