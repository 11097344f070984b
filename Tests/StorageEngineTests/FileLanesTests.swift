import Bytes
import StorageEngine
import TestSupport
import Testing

/// Files read side by side: as many as there are, fewer than lanes and more.
@Suite struct FileLanesTests {
  private static let chunk = 32 << 10
  private static let sizes = [
    chunk * 2 + 1, 0, chunk, 63, chunk - 1, chunk * 3, 1, chunk + 64, 64, chunk * 2, 5, 40_000, 7, 8, 9, 10, 100_000,
    11,
  ]

  @Test(arguments: [0, 1, 2, 3, 15, 16, 17, 18])
  func sizesDigestsAndCopiesAreThoseOfTheFiles(count: Int) throws {
    let scratch = TemporaryDirectory("file-lanes")
    var contents: [[UInt8]] = []
    var jobs: [FileLanes.Job] = []
    for (number, size) in Self.sizes.prefix(count).enumerated() {
      contents.append((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) })
      try Files.replace(scratch.file("\(number)"), with: contents[number])
      jobs.append(FileLanes.Job(scratch.file("\(number)"), to: scratch.file("copy\(number)")))
    }
    let lanes = FileLanes(jobs)
    var bytes: Int64 = 0
    var isAtEnd = false
    while !isAtEnd {
      let slice = try lanes.advance(50_000)
      bytes += slice.bytes
      isAtEnd = slice.isAtEnd
    }
    #expect(bytes == Int64(contents.map(\.count).reduce(0, +)))
    #expect(lanes.found == contents.map { FileLanes.Found(size: Int64($0.count), md5: MD5.hex(of: $0)) })
    for (number, content) in contents.enumerated() {
      let copy = try Files.read(scratch.file("copy\(number)"))
      #expect(copy == content)
    }
  }
}
