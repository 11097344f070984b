import Bytes
import Glibc
import StorageEngine

/// Sizes and MD5s of local files, several side by side. Blocks, in slices.
///
/// `@unchecked Sendable`: whoever uses it hands it from thread to thread, one at a time.
final class LocalDigests: @unchecked Sendable {
  struct Found: Sendable, Equatable {
    var size: Int64
    var md5: String
  }

  private static let chunk = 32 << 10
  /// Fewer than so many are done faster one after the other.
  private static let fewest = 3

  private let paths: [String]
  /// In the order of the paths; nil for those that are not read yet.
  private(set) var found: [Found?]
  private var lanes = MD5Lanes()
  /// By lane: which file, its descriptor and the bytes taken.
  private var files: [(index: Int, descriptor: Int32, size: Int64)?]
  private var next = 0
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ paths: [String]) {
    self.paths = paths
    found = paths.map { _ in nil }
    files = Array(repeating: nil, count: MD5Lanes.count)
    buffer = .allocate(byteCount: Self.chunk * MD5Lanes.count, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    for case let file? in files { close(file.descriptor) }
    buffer.deallocate()
  }

  /// Reads about `limit` bytes on; answers how many it were, and whether all files are read.
  func advance(_ limit: Int64) throws(FileError) -> (bytes: Int64, isAtEnd: Bool) {
    var bytes: Int64 = 0
    while bytes < limit {
      for lane in files.indices where files[lane] == nil { try open(lane) }
      guard files.contains(where: { $0 != nil }) else { return (bytes, true) }
      for lane in files.indices where files[lane] != nil {
        let count = try fill(lane)
        bytes += Int64(count)
        // The end of a file has a length of its own.
        if count < Self.chunk { end(lane, count) }
      }
      // A lane without a file takes what is in its part of the buffer, and is begun anew before it gets one.
      if files.count(where: { $0 != nil }) >= Self.fewest {
        lanes.add(parts: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)), count: Self.chunk)
      } else {
        for lane in files.indices where files[lane] != nil { take(lane, Self.chunk) }
      }
    }
    return (bytes, false)
  }

  private func open(_ lane: Int) throws(FileError) {
    guard next < paths.count else { return }
    let descriptor = Glibc.open(paths[next], O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(operation: "open", path: paths[next], code: errno) }
    files[lane] = (next, descriptor, 0)
    lanes.start(lane)
    next += 1
  }

  /// Fills the lane's part of the buffer; fewer bytes only at the end of the file.
  private func fill(_ lane: Int) throws(FileError) -> Int {
    guard let file = files[lane], let base = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < Self.chunk {
      let count = read(file.descriptor, base + lane * Self.chunk + filled, Self.chunk - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(operation: "read", path: paths[file.index], code: errno) }
      if count == 0 { break }
      filled += count
    }
    files[lane] = (file.index, file.descriptor, file.size + Int64(filled))
    return filled
  }

  private func take(_ lane: Int, _ count: Int) {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[(lane * Self.chunk)..<(lane * Self.chunk + count)])
    lanes.add(RawSpan(_unsafeBytes: bytes), to: lane)
  }

  private func end(_ lane: Int, _ count: Int) {
    guard let file = files[lane] else { return }
    take(lane, count)
    found[file.index] = Found(size: file.size, md5: lanes.hex(lane))
    close(file.descriptor)
    files[lane] = nil
    lanes.start(lane)
  }
}
