import Testing

@testable import Terminal

/// Keys and pasted text are told apart.
@Suite struct KeyPressesTests {
  private func take(_ text: String) -> KeyPresses { KeyPresses(Array(text.utf8)) }

  @Test func singleKeysAndRepeatedOnes() {
    #expect(take("p") == KeyPresses(keys: ["p"]))
    #expect(take("+++++++") == KeyPresses(keys: Array(repeating: "+", count: 7)))
    #expect(take("\u{1A}") == KeyPresses(keys: [KeyPresses.suspend]))
    #expect(take("\r") == KeyPresses(keys: ["\r"]))
    #expect(take("") == KeyPresses())
  }

  @Test func functionKeysAreLeftOut() {
    #expect(take("\u{1B}[A") == KeyPresses())
    #expect(take("\u{1B}[5~ ") == KeyPresses(keys: [" "]))
  }

  @Test func aLineIsForThePrompt() {
    #expect(take("ls\r") == KeyPresses(typedAhead: Array("ls\r".utf8)))
    #expect(take("copy_data -c B") == KeyPresses(typedAhead: Array("copy_data -c B".utf8)))
    #expect(take("ls\r\u{1A}") == KeyPresses(keys: [KeyPresses.suspend], typedAhead: Array("ls\r".utf8)))
  }
}
