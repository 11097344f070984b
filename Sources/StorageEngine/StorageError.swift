/// A failed call into the storage engine: what kind of failure, what was being done, on which files.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure, as RocksDB classifies it; a full disk is told apart from other I/O errors.
  package enum Code: Sendable {
    case notFound, corruption, notSupported, invalidArgument, inputOutput, noSpace, incomplete
    case shutdown, timedOut, aborted, busy, expired, tryAgain, other
  }

  package let code: Code
  /// The engine's own words.
  package let message: String
  /// What was being done: `open`, `write`, `get`, …
  package let operation: String
  /// The database directory or file concerned.
  package let path: String

  package init(code: Code, message: String, operation: String, path: String) {
    self.code = code
    self.message = message
    self.operation = operation
    self.path = path
  }

  /// Classifies a status text of RocksDB (`IO error: No space left on device: …`).
  init(status message: String, operation: String, path: String) {
    self.init(code: Self.classify(message), message: message, operation: operation, path: path)
  }

  package var description: String { "\(operation) \(path): \(message)" }

  private static func classify(_ message: String) -> Code {
    if message.hasPrefix("IO error") {
      let full =
        message.contains("No space left on device") || message.contains("Disk quota exceeded")
        || message.contains("File too large")
      return full ? .noSpace : .inputOutput
    }
    for (prefix, code) in prefixes where message.hasPrefix(prefix) { return code }
    return .other
  }

  private static let prefixes: [(String, Code)] = [
    ("NotFound", .notFound), ("Corruption", .corruption), ("Not implemented", .notSupported),
    ("Invalid argument", .invalidArgument), ("Result incomplete", .incomplete), ("Shutdown in progress", .shutdown),
    ("Operation timed out", .timedOut), ("Operation aborted", .aborted), ("Resource busy", .busy),
    ("Operation expired", .expired), ("Operation failed. Try again", .tryAgain),
  ]
}
