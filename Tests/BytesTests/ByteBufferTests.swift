import Bytes
import Testing

@Suite struct ByteBufferTests {
  @Test func integersAreWrittenInTheAskedOrder() {
    var buffer = ByteBuffer()
    buffer.append(UInt8(1))
    buffer.append(bigEndian: UInt16(0x0203))
    buffer.append(littleEndian: UInt32(0x0403_0201))
    buffer.append(bigEndian: Int64(-2))
    #expect(Hex.encode(buffer.array()) == "0102030102030 4fffffffffffffffe".filter { $0 != " " })
  }

  @Test func bytesStringsAndLiteralsAppend() {
    var buffer = ByteBuffer(capacity: 2)
    buffer.append([1, 2])
    buffer.append(utf8: "é")
    buffer.append("THFT" as StaticString)
    let more: [UInt8] = [9, 8]
    buffer.append(more.span.bytes)
    buffer.append(zeros: 2)
    #expect(Hex.encode(buffer.array()) == "0102c3a95448465409080000")
  }

  @Test func consumingKeepsTheRest() {
    var buffer = ByteBuffer()
    for round in 0..<1000 {
      buffer.append(bigEndian: UInt32(round))
      if round % 3 == 2 { buffer.consume(4) }
    }
    let count = buffer.count
    #expect(count == (1000 - 333) * 4)
    var reader = ByteReader(buffer.bytes)
    var next: UInt32 = 333
    while let value = try? reader.read(bigEndian: UInt32.self) {
      guard value == next else {
        Issue.record("\(value) instead of \(next)")
        return
      }
      next += 1
    }
    #expect(next == 1000)
  }

  @Test func patchCountsFromTheFirstReadableByte() {
    var buffer = ByteBuffer()
    buffer.append([0, 0, 0, 0, 0, 0])
    buffer.consume(2)
    buffer.patch(bigEndian: UInt16(0x0102), at: 1)
    #expect(buffer.array() == [0, 1, 2, 0])
    buffer.truncate(to: 2)
    #expect(buffer.array() == [0, 1])
    buffer.removeAll()
    #expect(buffer.array().isEmpty)
  }

  @Test func memoryIsReused() {
    var buffer = ByteBuffer(capacity: 4096)
    for _ in 0..<10_000 {
      buffer.append(zeros: 1000)
      buffer.consume(1000)
    }
    let capacity = buffer.capacity
    #expect(capacity == 4096)
    buffer.shrinkIfEmpty(above: 100)
    let shrunk = buffer.capacity
    #expect(shrunk == 0)
  }

  @Test func uninitializedRoomCountsWhatWasWritten() {
    var buffer = ByteBuffer()
    let written = buffer.appendUninitialized(16) { room in
      room.storeBytes(of: 7, as: UInt8.self)
      return 1
    }
    #expect(written == 1)
    #expect(buffer.array() == [7])
  }
}
