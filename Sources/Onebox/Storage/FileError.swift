internal import Glibc

/// A failed file operation: what, on which path, and the system's reason.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// The system's `errno`.
  package let code: Int32

  package var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
}

extension FileError {
  var isNoSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}
