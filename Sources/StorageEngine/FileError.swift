internal import Glibc

/// A failed file operation: what, on which path, and the system's reason.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// The system's `errno`.
  package let code: Int32

  package init(operation: String, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  package var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
}

extension FileError {
  /// The disk, or what the user may have of it, is full.
  package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}
