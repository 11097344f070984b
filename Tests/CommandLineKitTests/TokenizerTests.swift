import CommandLineKit
import Testing

@Suite struct TokenizerTests {
  @Test(
    arguments: [
      ("", []), ("   ", []), ("a b", ["a", "b"]), ("  a\t b\r\n", ["a", "b"]),
      ("set \\x01 b", ["set", "\\x01", "b"]), ("\"\\n\\r\\t\\a\\b\"", ["\n\r\t\u{7}\u{8}"]),
      ("\"\\q\\\"\\\\\\'\"", ["q\"\\'"]), ("'a\\'b\\n'", ["a'b\\n"]), ("foo\"bar\"", ["foobar"]),
      ("\"foo\"bar", ["foobar"]), ("foo\"b r\"baz'x'", ["foob rbazx"]), ("\"\" ''", ["", ""]),
      ("schlüssel 键", ["schlüssel", "键"]), ("a # rest", ["a"]), ("#all", []), ("a#b", ["a#b"]), ("\"#a\"", ["#a"]),
      ("a;b c;d", ["a;b", "c;d"]), ("a | b > c $d", ["a", "|", "b", ">", "c", "$d"]),
      ("\"\\xg1\"", ["xg1"]),
    ] as [(String, [String])])
  func words(line: String, expected: [String]) throws {
    #expect(try Tokenizer.statement(line).tokens.map(\.text) == expected)
  }

  @Test func bytesOfEscapes() throws {
    let tokens = try Tokenizer.statement(#""\x00\xff\xAb""#).tokens
    #expect(tokens.map(\.bytes) == [[0x00, 0xFF, 0xAB]])
    #expect(try Tokenizer.statement([0x61, 0xFF, 0x20, 0xC3]).tokens.map(\.bytes) == [[0x61, 0xFF], [0xC3]])
  }

  @Test(arguments: [("get \"abc", 5), ("'x", 1), ("é \"é", 3), ("foo\"bar", 4)])
  func openQuote(line: String, column: Int) throws {
    let error = #expect(throws: UsageError.self) { try Tokenizer.statement(line) }
    #expect(error?.column == column)
  }

  @Test func background() throws {
    #expect(try Tokenizer.statement("copy_data -c B &").isBackground)
    #expect(try Tokenizer.statement("copy_data -c B &").tokens.count == 3)
    #expect(try !Tokenizer.statement("set a b \"&\"").isBackground)
    #expect(try !Tokenizer.statement("set a b x&").isBackground)
    #expect(try !Tokenizer.statement("&").isBackground)
  }

  @Test func backgroundEndsWithItsOwnCommand() throws {
    let list = try Tokenizer.statements("copy a & ; jobs\ncopy b &\nls")
    #expect(list.map(\.isBackground) == [true, false, true, false])
    #expect(list.map(\.end) == [8, 15, 24, 27])
  }

  @Test func severalCommands() throws {
    let list = try Tokenizer.statements("use t; set a 'b;c' \"d;\" ;; ls\n# no\nnodes # x; y\ncount h&; copy &")
    #expect(
      list.map { $0.tokens.map(\.text) } == [
        ["use", "t"], ["set", "a", "b;c", "d;"], ["ls"], ["nodes"], ["count", "h&"], ["copy"],
      ])
    #expect(list.last?.isBackground == true)
  }

  @Test func scriptLines() {
    var lines = ScriptLines()
    #expect(lines.add([0xEF, 0xBB, 0xBF] + Array("use t\r".utf8)) == .init(text: Array("use t".utf8), number: 1))
    #expect(lines.add(Array("set a \\".utf8)) == nil)
    #expect(lines.add(Array("  b \\".utf8)) == nil)
    #expect(lines.add(Array("c".utf8)) == .init(text: Array("set a   b c".utf8), number: 2))
    #expect(lines.add(Array("set a b c:\\".utf8))?.text == Array("set a b c:\\".utf8))
    #expect(lines.add(Array("# comment \\".utf8))?.number == 6)
    #expect(lines.add(Array("x \\".utf8)) == nil)
    #expect(lines.finish() == .init(text: Array("x ".utf8), number: 7))
    #expect(lines.finish() == nil)
  }

  @Test func escapedBytesCanBePastedBack() throws {
    let all = Array(UInt8.min...UInt8.max)
    for forced in [false, true] {
      let text = ByteEscaping.escape(all, all: forced)
      #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
      #expect(try Tokenizer.statement("\"\(text)\"").tokens.map(\.bytes) == [all])
      #expect(ByteEscaping.unescape(Array(text.utf8)) == all)
    }
    #expect(ByteEscaping.escape(Array("a\"'\\\n\té".utf8)) == #"a\"\'\\\n\t\xC3\xA9"#)
    #expect(ByteEscaping.escape([0, 0x41], all: true) == #"\x00\x41"#)
  }
}
