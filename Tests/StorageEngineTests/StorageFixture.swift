import Glibc
import StorageEngine

/// A directory of its own for one test, removed afterwards.
final class ScratchDirectory: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/pegasus-storage-XXXXXX".utf8CString)
    self.path = mkdtemp(&template) == nil ? "/tmp" : String(cString: Array(template))
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  deinit { remove(path) }

  private func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      closedir(directory)
    }
    _ = Glibc.remove(path)
  }
}

/// A file system of a few megabytes, to be filled up.
final class SmallDisk: Sendable {
  let path: String

  static let isPermitted: Bool = {
    let scratch = ScratchDirectory()
    return SmallDisk(at: scratch.file("probe"), megabytes: 1) != nil
  }()

  /// Nil when the system does not let us mount.
  init?(at path: String, megabytes: Int) {
    mkdir(path, 0o700)
    guard Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { return nil }
    self.path = path
  }

  deinit { umount2(path, Int32(MNT_DETACH)) }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Database {
  func text(_ key: String, in family: ColumnFamily = .default) throws -> String? {
    guard let value = try get(bytes(key).span.bytes, in: family) else { return nil }
    return value.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  func put(_ key: String, _ value: String, in family: ColumnFamily = .default) throws {
    try put(bytes(key).span.bytes, bytes(value).span.bytes, in: family)
  }

  func keys(from: [UInt8]? = nil, to: [UInt8]? = nil) throws -> [String] {
    var keys: [String] = []
    var iterator: RowIterator
    switch (from, to) {
    case (let from?, let to?): iterator = RowIterator(self, from: from.span.bytes, to: to.span.bytes)
    case (let from?, nil): iterator = RowIterator(self, from: from.span.bytes)
    case (nil, let to?): iterator = RowIterator(self, to: to.span.bytes)
    case (nil, nil): iterator = RowIterator(self)
    }
    iterator.seekToFirst()
    while iterator.isValid {
      keys.append(iterator.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
      iterator.next()
    }
    try iterator.check()
    return keys
  }
}
