import Bytes
import Testing

@Suite struct ByteReaderTests {
  let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]

  @Test func readsMoveTheCursor() throws {
    var reader = ByteReader(bytes.span.bytes)
    #expect(try reader.read(bigEndian: UInt16.self) == 0x0102)
    #expect(try reader.read(littleEndian: UInt16.self) == 0x0403)
    #expect(try reader.readByte() == 5)
    let left = reader.remaining
    #expect(left == 2)
    let rest = [UInt8](reader.rest())
    #expect(rest == [6, 7])
    let atEnd = reader.isAtEnd
    #expect(atEnd)
  }

  @Test func shortInputSaysWhere() {
    var reader = ByteReader(bytes.span.bytes)
    do throws(ByteError) {
      try reader.skip(5)
      _ = try reader.read(bigEndian: UInt32.self)
      Issue.record("read past the end")
    } catch {
      #expect(error == ByteError(offset: 5, reason: .truncated(needed: 4, available: 2)))
      #expect(error.description == "at byte 5: 4 bytes expected, 2 left")
    }
    let offset = reader.offset
    #expect(offset == 5)
  }

  @Test(arguments: [-1, Int.min, Int.max, 8])
  func hostileCountsAreErrors(count: Int) {
    var reader = ByteReader(bytes.span.bytes)
    #expect(throws: ByteError.self) { try reader.skip(count) }
    #expect(throws: ByteError.self) { try reader.readArray(count) }
  }

  @Test func spansCompare() {
    let part: [UInt8] = [5, 6, 7]
    let whole = bytes.span.bytes
    let contains = whole.contains(part.span.bytes)
    #expect(contains)
    let starts = whole.starts(with: part.span.bytes)
    #expect(!starts)
    let ends = whole.ends(with: part.span.bytes)
    #expect(ends)
    let order = whole.order(to: part.span.bytes)
    #expect(order < 0)
    let equal = part.span.bytes.isEqual(to: whole.extracting(4..<7))
    #expect(equal)
  }
}
