internal import BackupLayout
internal import Glibc
internal import StorageEngine

/// Parts of files, for those who move large ones without holding a thread. Calls block.
enum FilePiece {
  /// Bytes moved at once, of all files that are moved side by side.
  static let size = 4 << 20

  /// Size and digest of a file; nil when it is not there.
  static func mark(of path: String) throws(FileError) -> LocalFileMark? {
    let lanes = FileLanes([FileLanes.Job(path)])
    do throws(FileError) {
      while try !lanes.advance(.max).isAtEnd {}
    } catch {
      if error.code == ENOENT { return nil }
      throw error
    }
    return lanes.found[0].map { LocalFileMark(size: $0.size, md5: $0.md5) }
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
}
