import JSON
import ShellCommands
import Testing

@Suite
struct JSONBytesTests {
  @Test func bytesAreTextOrEscaped() {
    var object = JSONObject()
    object.add(bytes: Array("é".utf8), as: "k")
    object.add(bytes: [0xFF, 0x41, 0x00], as: "v")
    #expect(object["k"] == "é")
    #expect(object["v_escaped"] == #"\xFFA\x00"#)
    #expect(JSONValue.bytes([0x07]) == .object([JSONMember("escaped", #"\x07"#)]))
  }
}
