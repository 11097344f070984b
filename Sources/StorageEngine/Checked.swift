internal import CRocksDB
internal import Glibc

/// Where a RocksDB call puts its error text.
typealias ErrorSlot = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// Runs one RocksDB call and turns the error text it leaves behind into a `StorageError`.
@inline(__always)
func checked<Result>(
  _ operation: String, _ path: String, _ call: (ErrorSlot) -> Result
) throws(StorageError) -> Result {
  var text: UnsafeMutablePointer<CChar>?
  let result = call(&text)
  if let text { throw consume(text, operation, path) }
  return result
}

@inline(never)
private func consume(_ text: UnsafeMutablePointer<CChar>, _ operation: String, _ path: String) -> StorageError {
  defer { rocksdb_free(text) }
  return StorageError(status: String(cString: text), operation: operation, path: path)
}

/// Hands `body` the strings as a C array of C strings, valid during the call.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
}

extension RawSpan {
  /// The bytes as the `char *` and length that RocksDB takes.
  @inline(__always)
  func withChars<Result>(_ body: (UnsafePointer<CChar>?, Int) -> Result) -> Result {
    self.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
  }
}
