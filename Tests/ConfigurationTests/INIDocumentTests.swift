import Configuration
import TestSupport
import Testing

@Suite struct INIDocumentTests {
  func parse(_ text: String) throws -> INIDocument { try INIDocument(Array(text.utf8), file: "f.ini") }

  @Test func grammar() throws {
    let document = try parse(
      """
      \u{FEFF}# head
      [ a ]
        key = value ; comment
      bare
      hash = x^#y^;z^ # c
      caret = a^^#b
      empty =
      sum = 1 = 2\r
      unfilled = %place%
      percent = 50%
      \t[b]
      """)
    let section = try #require(document["a"])
    #expect(section.entries.map(\.key) == ["key", "bare", "hash", "caret", "empty", "sum", "unfilled", "percent"])
    #expect(section.entries.map(\.value) == ["value", "", "x#y;z^", "a^#b", "", "1 = 2", "", "50%"])
    #expect(section["hash"]?.line == 5)
    #expect(document["b"]?.entries.isEmpty == true)
    #expect(document.warnings == ["f.ini:9: 'unfilled = %place%' is a place to be filled in; taken as empty"])
  }

  @Test func firstOfTwoCounts() throws {
    let document = try parse("[a]\nk = 1\nk = 2")
    #expect(document["a"]?["k"]?.value == "1")
    #expect(document.warnings == ["f.ini:3: 'k' was already set in line 2; the first value counts"])
  }

  @Test(arguments: [
    ("key = 1", "f.ini:1: 'key' stands before any section; a line '[section]' is expected first"),
    ("[a]\n[b]\n[a]", "f.ini:3: section [a] began already in line 1; one section is expected"),
    ("[a=b]", "f.ini:1: a section name without '=' is expected, not '[a=b]'"),
    ("\n[a", "f.ini:2: ']' is expected at the end of '[a'"),
    ("[a]\n= 3", "f.ini:2: a key is expected before '='"),
    ("[]", "f.ini:1: a section name without '=' is expected, not '[]'"),
  ])
  func errors(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }
    #expect(error?.description == message)
  }

  @Test func notText() {
    let error = #expect(throws: ConfigurationError.self) { try INIDocument([0x0A, 0xFF], file: "f") }
    #expect(error?.line == 2)
  }

  @Test func randomBytesNeverTrap() {
    var random = SplitMix(state: 7)
    let alphabet = Array("[]=#;^%@ \n\tab:1,".utf8) + [0xC3, 0xFF]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      guard let document = try? INIDocument(bytes, file: "f") else { continue }
      _ = try? ShellConfiguration(document: document)
    }
  }
}
