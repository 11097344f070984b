import Bytes
import Testing

@Suite struct MD5Tests {
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
  ])
  func vectors(text: String, digest: String) {
    #expect(MD5.hex(of: Array(text.utf8)) == digest)
  }

  @Test func piecesMakeTheWhole() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let whole = MD5.hex(of: bytes)
    for size in [1, 3, 55, 56, 63, 64, 65, 128, 999] {
      var digest = MD5()
      for start in stride(from: 0, to: bytes.count, by: size) {
        digest.add(Array(bytes[start..<min(start + size, bytes.count)]).span.bytes)
      }
      #expect(digest.hex == whole)
      #expect(digest.hex == whole, "looking at it changes nothing")
    }
  }

  @Test func manySideBySide() {
    let part = 640
    let bytes = (0..<(MD5Lanes.count * part)).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 1) }
    var lanes = MD5Lanes()
    lanes.add(parts: bytes.span.bytes, count: part)
    lanes.add(parts: bytes.span.bytes, count: 64)
    let few: [UInt8] = [1, 2, 3]
    lanes.add(few.span.bytes, to: 2)
    // Not a multiple any more: one after the other.
    lanes.add(parts: bytes.span.bytes, count: 64)
    for lane in 0..<MD5Lanes.count {
      let own = Array(bytes[(lane * part)..<((lane + 1) * part)])
      let whole = own + own.prefix(64) + (lane == 2 ? few : []) + own.prefix(64)
      #expect(lanes.hex(lane) == MD5.hex(of: whole))
    }
    lanes.start(1)
    #expect(lanes.hex(1) == MD5.hex(of: []))
  }
}
