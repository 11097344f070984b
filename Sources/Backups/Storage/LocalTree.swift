import BackupLayout
import Bytes
import Glibc
import HTTP
import StorageEngine

/// The files of a `local_service`, by absolute path. Blocks.
enum LocalTree {
  /// What is in a directory: directories, and files that have a mark. Sorted by name.
  static func list(_ path: String) throws(FileError) -> [BlockEntry] {
    guard let directory = opendir(path) else { throw FileError(operation: "open directory", path: path, code: errno) }
    closedir(directory)
    let names = Files.names(in: path)
    let all = Set(names)
    var entries: [BlockEntry] = []
    for name in names {
      var status = stat()
      guard stat("\(path)/\(name)", &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        entries.append(BlockEntry(name: name, isDirectory: true))
      } else if status.st_mode & S_IFMT == S_IFREG, all.contains(LocalFileMark.name(for: name)) {
        entries.append(BlockEntry(name: name, isDirectory: false, size: Int64(status.st_size)))
      }
    }
    return entries
  }

  /// The size of a file and what its mark says, nil when it has none; nil for what is no file: reading a pipe would never
  /// end.
  static func look(_ path: String) throws(FileError) -> (size: Int64, mark: [UInt8]?)? {
    guard let size = try size(path) else { return nil }
    return (size, try Files.read(mark(of: path)))
  }

  /// Bytes of a file; nil for what is no file.
  static func size(_ path: String) throws(FileError) -> Int64? {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(operation: "look", path: path, code: errno) }
    return status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
  }

  /// Reads at most `limit` bytes from `offset` on; answers how many there were.
  static func read(_ path: String, from offset: Int64, upTo limit: Int64, into sink: any ByteSink) throws -> Int64 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    var taken: Int64 = 0
    while taken < limit {
      let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset + taken))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(operation: "read", path: path, code: errno) }
      if count == 0 { break }
      try sink.take(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
      taken += Int64(count)
    }
    return taken
  }

  /// Stores a file and its mark. A file of that name is not seen by servers until both are there.
  static func write(_ path: String, _ bytes: [UInt8]) throws(FileError) {
    try prepare(path)
    // Both names reach the disk with the mark's.
    try Files.replace(path, with: bytes, syncsDirectory: false)
    try writeMark(of: path, LocalFileMark(size: Int64(bytes.count), md5: MD5.hex(of: bytes)))
  }

  /// Makes `file` the file at `path`: by a new name where that is possible, else by copying it. `file` is gone afterwards.
  static func adopt(_ file: String, md5: String, as path: String) throws {
    try prepare(path)
    let size = try size(file) ?? 0
    if rename(file, path) != 0 {
      guard errno == EXDEV else { throw FileError(operation: "rename", path: path, code: errno) }
      let sink = try FileSink(path: path + ".new")
      while try read(file, from: sink.count, upTo: .max, into: sink) > 0 {}
      try sink.sync()
      guard rename(sink.path, path) == 0 else { throw FileError(operation: "rename", path: path, code: errno) }
      unlink(file)
    }
    try writeMark(of: path, LocalFileMark(size: size, md5: md5))
  }

  /// Removes a file with its mark, or a directory. Missing is fine.
  static func remove(_ path: String) throws(FileError) {
    unlink(mark(of: path))
    Files.removeTree(path)
    if Files.exists(path) { throw FileError(operation: "remove", path: path, code: EACCES) }
  }

  private static func mark(of path: String) -> String {
    let (directory, name) = StoragePath.split(path)
    return "\(directory)/\(LocalFileMark.name(for: name))"
  }

  /// Makes the directory, and takes the mark of an older file away before that file changes.
  private static func prepare(_ path: String) throws(FileError) {
    try Files.makeDirectories(StoragePath.split(path).directory)
    if unlink(mark(of: path)) != 0, errno != ENOENT {
      throw FileError(operation: "replace", path: mark(of: path), code: errno)
    }
  }

  private static func writeMark(of path: String, _ mark: LocalFileMark) throws(FileError) {
    try Files.replace(self.mark(of: path), with: mark.contents)
  }
}
