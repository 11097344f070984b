internal import Bytes
internal import Glibc

/// Reads files from their first to their last byte, several side by side: their sizes and MD5s, and copies of them where
/// wanted. Blocks, in slices.
///
/// `@unchecked Sendable`: whoever uses it hands it from thread to thread, one at a time.
package final class FileLanes: @unchecked Sendable {
  package struct Job: Sendable {
    package var source: String
    /// A copy of it, which replaces what is there; nil: none.
    package var target: String?

    package init(_ source: String, to target: String? = nil) {
      self.source = source
      self.target = target
    }
  }

  package struct Found: Sendable, Equatable {
    package var size: Int64
    package var md5: String

    package init(size: Int64, md5: String) {
      self.size = size
      self.md5 = md5
    }
  }

  /// A file under way.
  private struct Lane {
    var index: Int
    var input: Int32
    /// -1: nothing is copied.
    var output: Int32
    var size: Int64 = 0
  }

  private static let chunk = 32 << 10
  /// Fewer than so many are done faster one after the other.
  private static let fewest = 3

  private let jobs: [Job]
  /// In the order of the jobs; nil for those that are not done yet.
  package private(set) var found: [Found?]
  private var lanes: [Lane?]
  private var digests = MD5Lanes()
  private var next = 0
  private let buffer: UnsafeMutableRawBufferPointer

  package init(_ jobs: [Job]) {
    self.jobs = jobs
    found = jobs.map { _ in nil }
    // Only what is done side by side needs a part of the buffer for every lane.
    let count = jobs.count < Self.fewest ? jobs.count : MD5Lanes.count
    lanes = Array(repeating: nil, count: count)
    buffer = .allocate(byteCount: Self.chunk * count, alignment: 64)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    for case let lane? in lanes { Self.close(lane) }
    buffer.deallocate()
  }

  /// How many are worked on at once.
  package static var width: Int { MD5Lanes.count }

  /// Reads about `limit` bytes on; answers how many it were, and whether all jobs are done.
  package func advance(_ limit: Int64) throws(FileError) -> (bytes: Int64, isAtEnd: Bool) {
    var bytes: Int64 = 0
    while bytes < limit {
      for number in lanes.indices where lanes[number] == nil { try begin(number) }
      guard lanes.contains(where: { $0 != nil }) else { return (bytes, true) }
      for number in lanes.indices {
        guard let index = lanes[number]?.index else { continue }
        let count = try fill(number, jobs[index])
        bytes += Int64(count)
        // The end of a file has a length of its own.
        if count < Self.chunk { end(number, count) }
      }
      // A lane without a file takes what is in its part of the buffer, and is begun anew before it gets one.
      if lanes.count(where: { $0 != nil }) >= Self.fewest {
        digests.add(parts: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer)), count: Self.chunk)
      } else {
        for number in lanes.indices where lanes[number] != nil { take(number, Self.chunk) }
      }
    }
    return (bytes, false)
  }

  private func begin(_ number: Int) throws(FileError) {
    guard next < jobs.count else { return }
    let job = jobs[next]
    var lane = Lane(index: next, input: open(job.source, O_RDONLY | O_CLOEXEC), output: -1)
    guard lane.input >= 0 else { throw FileError(operation: "open", path: job.source, code: errno) }
    if let target = job.target {
      lane.output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard lane.output >= 0 else {
        let error = FileError(operation: "create", path: target, code: errno)
        Self.close(lane)
        throw error
      }
    }
    lanes[number] = lane
    digests.start(number)
    next += 1
  }

  /// Fills the lane's part of the buffer; fewer bytes only at the end of the file.
  private func fill(_ number: Int, _ job: Job) throws(FileError) -> Int {
    guard let lane = lanes[number], let base = buffer.baseAddress else { return 0 }
    let start = base + number * Self.chunk
    var filled = 0
    while filled < Self.chunk {
      let count = read(lane.input, start + filled, Self.chunk - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(operation: "read", path: job.source, code: errno) }
      if count == 0 { break }
      filled += count
    }
    if let target = job.target { try Self.write(start, filled, lane.output, target) }
    lanes[number]?.size += Int64(filled)
    return filled
  }

  private static func write(
    _ start: UnsafeMutableRawPointer, _ count: Int, _ output: Int32, _ target: String
  ) throws(FileError) {
    var written = 0
    while written < count {
      let result = Glibc.write(output, start + written, count - written)
      if result < 0, errno == EINTR { continue }
      guard result >= 0 else { throw FileError(operation: "write", path: target, code: errno) }
      written += result
    }
  }

  private func take(_ number: Int, _ count: Int) {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[(number * Self.chunk)..<(number * Self.chunk + count)])
    digests.add(RawSpan(_unsafeBytes: bytes), to: number)
  }

  private func end(_ number: Int, _ count: Int) {
    guard let lane = lanes[number] else { return }
    take(number, count)
    found[lane.index] = Found(size: lane.size, md5: digests.hex(number))
    Self.close(lane)
    lanes[number] = nil
    digests.start(number)
  }

  private static func close(_ lane: Lane) {
    Glibc.close(lane.input)
    if lane.output >= 0 { Glibc.close(lane.output) }
  }
}
