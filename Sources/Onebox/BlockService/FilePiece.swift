internal import BackupLayout
internal import Bytes
internal import Glibc
internal import StorageEngine

/// Parts of files, for those who move large ones without holding a thread. Calls block.
enum FilePiece {
  /// Bytes moved at once.
  static let size = 4 << 20

  /// Copies up to `count` bytes at `offset`; the first piece begins the target anew. Fewer bytes: the source has ended.
  static func copy(
    _ source: String, _ target: String, offset: Int, count: Int, _ digest: MD5
  ) throws(FileError) -> (count: Int, digest: MD5) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw FileError(operation: "open", path: source, code: errno) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_CLOEXEC | (offset == 0 ? O_TRUNC : 0), 0o644)
    guard output >= 0 else { throw FileError(operation: "create", path: target, code: errno) }
    defer { close(output) }
    var digest = digest
    var moved = 0
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while moved < count {
      let taken = try read(input, source, into: &buffer, at: offset + moved, limit: count - moved)
      if taken == 0 { break }
      digest.add(buffer.span.extracting(0..<taken).bytes)
      try write(output, target, buffer, taken, at: offset + moved)
      moved += taken
    }
    return (moved, digest)
  }

  /// Size and digest of a file; nil when it is not there.
  static func mark(of path: String) throws(FileError) -> LocalFileMark? {
    let input = open(path, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(operation: "open", path: path, code: errno)
    }
    defer { close(input) }
    var digest = MD5()
    var size = 0
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let taken = try read(input, path, into: &buffer, at: size, limit: buffer.count)
      if taken == 0 { return LocalFileMark(size: Int64(size), md5: digest.hex) }
      digest.add(buffer.span.extracting(0..<taken).bytes)
      size += taken
    }
  }

  /// Bytes of a file; nil when it is not there.
  static func length(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Waits until a file is safe from a power cut.
  static func sync(_ path: String) throws(FileError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw FileError(operation: "sync", path: path, code: errno) }
  }

  /// Gives a file or directory another name, in place of what may have it.
  static func rename(_ old: String, to new: String) throws(FileError) {
    guard Glibc.rename(old, new) == 0 else { throw FileError(operation: "rename", path: old, code: errno) }
  }

  private static func read(
    _ file: Int32, _ path: String, into buffer: inout [UInt8], at offset: Int, limit: Int
  ) throws(FileError) -> Int {
    while true {
      let count = pread(file, &buffer, min(buffer.count, limit), off_t(offset))
      if count >= 0 { return count }
      if errno != EINTR { throw FileError(operation: "read", path: path, code: errno) }
    }
  }

  private static func write(
    _ file: Int32, _ path: String, _ bytes: [UInt8], _ count: Int, at offset: Int
  ) throws(FileError) {
    var written = 0
    while written < count {
      let result = bytes.withUnsafeBytes { bytes in
        pwrite(file, bytes.baseAddress.map { $0 + written }, count - written, off_t(offset + written))
      }
      if result < 0 {
        if errno == EINTR { continue }
        throw FileError(operation: "write", path: path, code: errno)
      }
      written += result
    }
  }
}
