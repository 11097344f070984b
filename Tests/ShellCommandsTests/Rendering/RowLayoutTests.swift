import Bytes
import CommandLineKit
import PegasusProtocol
import Testing

@testable import ShellCommands

@Suite struct RowLayoutTests {
  private func line(
    _ layout: RowLayout, _ hashKey: [UInt8], _ sortKey: [UInt8], _ value: [UInt8], expiry: UInt32 = 0,
    suffix: [UInt8] = []
  ) -> String {
    var buffer = ByteBuffer()
    layout.append(
      hashKey: hashKey.span.bytes, sortKey: sortKey.span.bytes, value: value.span.bytes, expiry: expiry,
      suffix: suffix, to: &buffer)
    return String(decoding: buffer.array(), as: UTF8.self)
  }

  private let origin = RowLayout.Origin(appID: 3, partitionIndex: 1, server: "localhost:34802")

  @Test func linesOfTheOldShell() {
    var layout = RowLayout()
    #expect(line(layout, bytes("h2"), bytes("a"), bytes("100")) == "\"h2\" : \"a\" => \"100\"\n")
    #expect(
      line(layout, bytes("h3"), bytes("k with space"), bytes("v \"quoted\" ") + [0, 1, 0xFF] + bytes(" end"))
        == #""h3" : "k with space" => "v \"quoted\" \x00\x01\xFF end""# + "\n")
    #expect(
      line(layout, bytes("h2"), bytes("a"), bytes("100"), suffix: layout.suffix(origin))
        == "\"h2\" : \"a\" => \"100\" {app_id=3, partition_index=1, server=localhost:34802}\n")
    layout.showsValue = false
    #expect(line(layout, bytes("h2"), bytes("zz"), []) == "\"h2\" : \"zz\"\n")
    layout.escapesAll = true
    #expect(line(layout, bytes("h2"), bytes(""), []) == "\"\\x68\\x32\" : \"\"\n")
  }

  @Test func timeLeft() {
    var layout = RowLayout()
    layout.showsTTL = true
    layout.unixNow = TTLEpoch.unix + 1000
    #expect(line(layout, bytes("h"), bytes("s"), bytes("v")) == "\"h\" : \"s\" => \"v\" ttl=Infinite\n")
    #expect(line(layout, bytes("h"), bytes("s"), bytes("v"), expiry: 1600) == "\"h\" : \"s\" => \"v\" ttl=600\n")
    layout.isJSON = true
    #expect(
      line(layout, bytes("h"), bytes("s"), bytes("v"), expiry: 1600)
        == #"{"hash_key":"h","sort_key":"s","value":"v","ttl_seconds":600}"# + "\n")
    #expect(line(layout, bytes("h"), bytes("s"), bytes("v")).hasSuffix("\"ttl_seconds\":null}\n"))
  }

  @Test func jsonTellsTextFromBytes() {
    var layout = RowLayout()
    layout.isJSON = true
    #expect(
      line(layout, bytes("a\"b\\"), bytes("größe"), [0, 0xFF, UInt8(ascii: "'")], suffix: layout.suffix(origin))
        == #"{"hash_key":"a\"b\\","sort_key":"größe","value_escaped":"\\x00\\xFF\\'","#
        + #""app_id":3,"partition_index":1,"server":"localhost:34802"}"# + "\n")
    // A C1 control character is UTF-8, but nothing to print.
    #expect(
      line(layout, [0xC2, 0x85], bytes("\n"), []).hasPrefix(
        #"{"hash_key_escaped":"\\xC2\\x85","sort_key_escaped":"\\n""#))
  }

  @Test func escapesAsEverywhere() {
    let all = (0...255).map { UInt8($0) }
    for escapesAll in [false, true] {
      var buffer = ByteBuffer()
      buffer.append(escaping: all.span.bytes, all: escapesAll)
      let escaped = buffer.array()
      let expected = ByteEscaping.escape(all, all: escapesAll)
      #expect(escaped == Array(expected.utf8))
      #expect(ByteEscaping.unescape(escaped) == all)
    }
  }

  @Test(arguments: [0, 7, -7, 1_234_567_890, Int64.max, .min]) func decimals(number: Int64) {
    var buffer = ByteBuffer()
    buffer.append(decimal: number)
    let text = String(decoding: buffer.array(), as: UTF8.self)
    #expect(text == "\(number)")
  }
}
