import Bytes
import PegasusProtocol
import Testing

@testable import Copying

@Suite struct RowFilterTests {
  @Test(arguments: [
    (PatternFilter.Match.anywhere, "bc", "abcd", true), (.anywhere, "ce", "abcd", false), (.anywhere, "", "abcd", true),
    (.prefix, "ab", "abcd", true), (.prefix, "b", "abcd", false), (.prefix, "abcde", "abcd", false),
    (.postfix, "cd", "abcd", true), (.postfix, "c", "abcd", false), (.exact, "abcd", "abcd", true),
    (.exact, "abc", "abcd", false), (.exact, "", "", true), (.exact, "", "a", false),
  ])
  func patternsMatchWhereTheyMust(_ match: PatternFilter.Match, _ pattern: String, _ text: String, _ wanted: Bool) {
    let bytes = Array(text.utf8)
    let accepted = PatternFilter(match, Array(pattern.utf8)).accepts(bytes.span.bytes)
    #expect(accepted == wanted)
  }

  @Test func anExactSortKeyIsAPrefixForTheServerAndCheckedHere() {
    let filter = RowFilter(sortKey: PatternFilter(.exact, Array("s1".utf8)))
    #expect(filter.needsRows)
    #expect(!filter.needsValues)
    #expect(filter.sortKey?.serverType == .matchPrefix)
    let (hash, exact, longer): ([UInt8], [UInt8], [UInt8]) = (Array("h".utf8), Array("s1".utf8), Array("s10".utf8))
    let takesExact = filter.accepts(hashKey: hash.span.bytes, sortKey: exact.span.bytes, value: hash.span.bytes)
    let takesLonger = filter.accepts(hashKey: hash.span.bytes, sortKey: longer.span.bytes, value: hash.span.bytes)
    #expect(takesExact)
    #expect(!takesLonger)
  }

  @Test func filtersThatServersDecideNeedNoRows() {
    #expect(!RowFilter(hashKey: PatternFilter(.prefix, [1])).needsRows)
    #expect(RowFilter(value: PatternFilter(.anywhere, [1])).needsValues)
  }
}
