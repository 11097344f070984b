internal import BackupLayout
internal import Bytes
internal import PegasusProtocol
internal import StorageEngine

/// A `local_service`: files below a directory, each with its mark beside it. Calls block.
struct LocalBlockService: Sendable {
  let root: String

  /// The place of a path on the disk. Throws `BlockServiceError` when it is not below the root.
  func place(_ path: String) throws(BlockServiceError) -> String {
    guard StoragePath.staysInside(path) else {
      throw BlockServiceError(code: .invalidParameters, reason: "'\(path)' leaves the storage")
    }
    return "\(root)/\(StoragePath.join(path))"
  }

  /// What is known of a file; nil when it is not there, or its mark is not.
  func mark(of path: String) throws -> LocalFileMark? {
    let place = try place(path)
    guard Files.exists(place), let contents = try Files.read(Self.markPlace(of: place)) else { return nil }
    do throws(DocumentError) {
      return try LocalFileMark(contents: contents)
    } catch {
      throw BlockServiceError(code: .fsInternal, reason: "the mark of '\(path)' cannot be read: \(error)")
    }
  }

  /// A whole file. Throws `BlockServiceError` with `ERR_OBJECT_NOT_FOUND` when it is not there.
  func read(_ path: String) throws -> [UInt8] {
    guard try mark(of: path) != nil, let contents = try Files.read(try place(path)) else {
      throw BlockServiceError(code: .objectNotFound, reason: "'\(path)' is not there")
    }
    return contents
  }

  /// Replaces a file and its mark.
  func write(_ path: String, _ contents: [UInt8]) throws {
    let place = try place(path)
    try makeDirectory(of: path)
    // Both names reach the disk with the mark's.
    try Files.replace(place, with: contents, syncsDirectory: false)
    try complete(path, LocalFileMark(size: Int64(contents.count), md5: MD5.hex(of: contents)))
  }

  /// Makes the directory that a file is to be in.
  func makeDirectory(of path: String) throws {
    try Files.makeDirectories(try place(StoragePath.split(StoragePath.join(path)).directory))
  }

  /// Writes the mark of a file that is there: from now on it exists for servers.
  func complete(_ path: String, _ mark: LocalFileMark) throws {
    try Files.replace(Self.markPlace(of: try place(path)), with: mark.contents)
  }

  /// Removes a directory with all that is in it.
  func remove(_ path: String) throws { Files.removeTree(try place(path)) }

  private static func markPlace(of place: String) -> String {
    let (directory, name) = StoragePath.split(place)
    return "\(directory)/\(LocalFileMark.name(for: name))"
  }
}
