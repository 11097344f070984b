import Bytes
import Glibc
package import HTTP
package import StorageEngine

/// Takes the bytes of a file as they are read, off the loop, one thread at a time. Look at it when the reading is over.
package protocol ByteSink: HTTPBodySink {
  /// Bytes taken.
  var count: Int64 { get }
}

/// Keeps what it takes in memory.
///
/// `@unchecked Sendable`: whoever reads into it hands it from thread to thread, one at a time.
package final class MemorySink: ByteSink, @unchecked Sendable {
  private struct TooLong: Error, CustomStringConvertible {
    let limit: Int
    var description: String { "the file is longer than \(limit) bytes" }
  }

  package private(set) var bytes: [UInt8] = []
  /// More came than it takes.
  package private(set) var isTooLong = false
  private let limit: Int

  /// `limit`: bytes taken at most.
  package init(limit: Int) { self.limit = limit }

  package var count: Int64 { Int64(bytes.count) }

  package func take(_ bytes: RawSpan) throws {
    guard self.bytes.count + bytes.byteCount <= limit else {
      isTooLong = true
      throw TooLong(limit: limit)
    }
    bytes.withUnsafeBytes { self.bytes.append(contentsOf: $0) }
  }
}

/// Keeps nothing but the MD5.
///
/// `@unchecked Sendable`: as `MemorySink`.
package final class DigestSink: ByteSink, @unchecked Sendable {
  package private(set) var count: Int64 = 0
  private var digest = MD5()

  package init() {}

  /// Of what was taken so far.
  package var md5: String { digest.hex }

  package func take(_ bytes: RawSpan) throws {
    digest.add(bytes)
    count += Int64(bytes.byteCount)
  }
}

/// Writes into a new local file, and computes the MD5 on the way.
///
/// `@unchecked Sendable`: as `MemorySink`.
package final class FileSink: ByteSink, @unchecked Sendable {
  package let path: String
  package private(set) var count: Int64 = 0
  /// Why it could not write; nil while it can.
  package private(set) var failure: FileError?
  private let descriptor: Int32
  private var digest = MD5()

  /// Creates the file or empties it. Blocks, as all of this does.
  package init(path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw FileError(operation: "create", path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// Of what was written so far.
  package var md5: String { digest.hex }

  package func take(_ bytes: RawSpan) throws {
    digest.add(bytes)
    try bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written >= 0 else {
          let error = FileError(operation: "write", path: path, code: errno)
          failure = error
          throw error
        }
        rest = rest.dropFirst(written)
        count += Int64(written)
      }
    }
  }

  /// Waits until the disk has it.
  package func sync() throws(FileError) {
    if fsync(descriptor) != 0 { throw FileError(operation: "write", path: path, code: errno) }
  }
}
