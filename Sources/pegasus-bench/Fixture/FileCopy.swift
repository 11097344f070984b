import Bytes
import EventLoop
import Glibc
import Synchronization

/// What the disk and MD5 do by themselves, with the files of a backup: what backing up and restoring them can be measured
/// against.
enum FileCopy {
  private static let chunk = 256 << 10
  /// Files side by side: as many as the embedded cluster moves.
  private static let width = 4

  /// Copies the files into a directory, some side by side, each synced to the disk; answers the seconds.
  static func copy(_ files: [String], into directory: String) async throws -> Double {
    let started = ContinuousClock.now
    try await sideBySide(width, files.count) { number in
      try copy(files[number], to: "\(directory)/\(number)")
    }
    return (ContinuousClock.now - started).inSeconds
  }

  /// Computes the MD5 of each file, one after the other on one thread; answers the seconds.
  static func digest(_ files: [String]) async throws -> Double {
    try await BlockingPool.run {
      let started = ContinuousClock.now
      for file in files {
        var digest = MD5()
        try read(file) { bytes in digest.add(RawSpan(_unsafeBytes: bytes)) }
        guard digest.hex.count == 32 else { throw BenchError("no MD5") }
      }
      return (ContinuousClock.now - started).inSeconds
    }
  }

  /// Calls `body` with every number below `count`, on so many threads.
  static func sideBySide(_ width: Int, _ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
    let next = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<width {
        group.addTask {
          try await BlockingPool.run {
            while let number = next.take(below: count) { try body(number) }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private final class Counter: Sendable {
    private let next = Atomic(0)

    func take(below limit: Int) -> Int? {
      let number = next.add(1, ordering: .relaxed).oldValue
      return number < limit ? number : nil
    }
  }

  private static func copy(_ source: String, to target: String) throws {
    let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard output >= 0 else { throw BenchError("\(target): \(String(cString: strerror(errno)))") }
    defer { close(output) }
    try read(source) { bytes in
      guard write(output, bytes.baseAddress, bytes.count) == bytes.count else {
        throw BenchError("\(target): \(String(cString: strerror(errno)))")
      }
    }
    guard fsync(output) == 0 else { throw BenchError("\(target): \(String(cString: strerror(errno)))") }
  }

  private static func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let input = open(path, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw BenchError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(input) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(input, buffer.baseAddress, buffer.count)
      guard count >= 0 else { throw BenchError("\(path): \(String(cString: strerror(errno)))") }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
