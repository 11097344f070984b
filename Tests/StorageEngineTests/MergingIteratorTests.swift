import StorageEngine
import TestSupport
import Testing

@Suite struct MergingIteratorTests {
  let scratch = TemporaryDirectory("storage")

  private func merged(
    _ databases: [Database], from: String? = nil, to: String? = nil
  ) throws -> [(key: String, source: Int, value: String)] {
    var rows = try MergingIterator(databases, from: from.map(bytes), to: to.map(bytes))
    var found: [(String, Int, String)] = []
    while rows.isValid {
      found.append(
        (
          rows.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, rows.source,
          rows.value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        ))
      try rows.next()
    }
    try rows.next()
    return found
  }

  @Test(arguments: [1, 2, 3, 5, 8, 13])
  func rowsOfSeveralDatabasesComeSorted(count: Int) throws {
    let databases = try (0..<count).map { try Database(path: scratch.file("db\($0)")) }
    for index in 0..<500 { try databases[(index * 7) % count].put("user\(index)", "v\(index)") }
    let expected = (0..<500).map { "user\($0)" }.sorted()
    let found = try merged(databases)
    #expect(found.map(\.key) == expected)
    #expect(found.allSatisfy { $0.value == "v" + $0.key.dropFirst(4) })
    let part = try merged(databases, from: "user2", to: "user31")
    #expect(part.map(\.key) == expected.filter { $0 >= "user2" && $0 < "user31" })
  }

  @Test func keysOfAllLengthsAndEqualOnes() throws {
    let (left, right) = (try Database(path: scratch.file("a")), try Database(path: scratch.file("b")))
    for key in ["", "a", "a\0", "abcdefgh", "b"] { try left.put(key, "l") }
    for key in ["a", "a\0\0", "abcdefg", "abcdefghi"] { try right.put(key, "r") }
    let found = try merged([left, right])
    #expect(
      found.map { "\($0.key)/\($0.value)" } == [
        "/l", "a/l", "a/r", "a\0/l", "a\0\0/r", "abcdefg/r", "abcdefgh/l", "abcdefghi/r", "b/l",
      ])
  }

  @Test func emptyDatabases() throws {
    let (left, right) = (try Database(path: scratch.file("a")), try Database(path: scratch.file("b")))
    #expect(try merged([left, right]).isEmpty)
    #expect(try merged([]).isEmpty)
    try right.put("k", "v")
    #expect(try merged([left, right]).map(\.source) == [1])
  }
}
