import Bytes
import EventLoop
import Glibc

/// A file that results are written to. It is opened before anything else is done, and emptied only when there is
/// something to say, so that a mistyped command does not cost the file's old contents.
@LoopActor
final class OutputFile {
  private let path: String
  private var descriptor: Int32
  private var isEmptied = false

  /// - Throws: `ShellError` when the file cannot be opened for writing
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Self.failure("open", path, errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Writes all of the bytes.
  ///
  /// - Throws: `ShellError` with the system's reason
  func write(_ bytes: RawSpan) throws {
    if !isEmptied {
      isEmptied = true
      // Not every file can be cut (a terminal, a pipe); those have no old contents.
      _ = ftruncate(descriptor, 0)
    }
    var done = 0
    while done < bytes.byteCount {
      let (written, code) = bytes.extracting(done..<bytes.byteCount).withUnsafeBytes { rest in
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        return (written, errno)
      }
      if written < 0 {
        if code == EINTR { continue }
        throw Self.failure("write to", path, code)
      }
      done += written
    }
  }

  /// Closes the file.
  ///
  /// - Throws: `ShellError` when the system only now says that something was not written
  func finish() throws {
    guard descriptor >= 0 else { return }
    if !isEmptied { _ = ftruncate(descriptor, 0) }
    let result = close(descriptor)
    let code = errno
    descriptor = -1
    if result != 0 { throw Self.failure("write to", path, code) }
  }

  private static func failure(_ verb: String, _ path: String, _ code: Int32) -> ShellError {
    ShellError("cannot \(verb) '\(path)': \(String(cString: strerror(code)))")
  }
}
