import JSON
import Testing

@Suite
struct JSONTests {
  @Test func readsWhatItWrites() throws {
    let value = JSONValue.object([
      JSONMember("a", .array([.integer(-1), .number(2.5), .bool(true), .null])),
      JSONMember("b", .object([JSONMember("text", .string("a\"\\\n\u{1}é😀"))])), JSONMember("c", .array([])),
    ])
    #expect(try JSONParser.parse(value.text().utf8) == value)
    #expect(try JSONParser.parse(value.text(indent: nil).utf8) == value)
  }

  @Test func readsEscapes() throws {
    #expect(try JSONParser.parse(#""\u00e9\ud83d\ude00\/\t""#.utf8) == .string("é😀/\t"))
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("{\"a\" 1}", 5), ("[1,]", 3), ("[1 2]", 3), ("tru", 0), ("\"open", 5), ("1 2", 2), ("nan", 0),
    ("\"\\u12\"", 3),
  ])
  func saysWhereItIsWrong(_ text: String, _ offset: Int) {
    #expect {
      try JSONParser.parse(text.utf8)
    } throws: { error in
      (error as? JSONError)?.offset == offset
    }
  }

  @Test func isNotFooledByDepth() {
    #expect(throws: JSONError.self) {
      try JSONParser.parse(String(repeating: "[", count: 100_000).utf8)
    }
  }

  @Test func objectsKeepTheirOrder() {
    var object: JSONObject = ["b": 1, "a": 2]
    object["c"] = 3
    object["b"] = 4
    object["a"] = nil
    #expect(object.members == [JSONMember("b", 4), JSONMember("c", 3)])
    object["c"] = 5
    #expect(object["c"] == 5)
  }
}
