import CommandLineKit
import PegasusClient

/// The lines that follow `check_and_mutate`, read one by one: a pure value.
struct MutationList: Sendable {
  /// What a line was.
  enum Step: Equatable, Sendable {
    /// Taken; the text tells what was understood.
    case loaded(String)
    /// Nothing on it.
    case blank
    case finished
    case aborted
  }

  private(set) var mutations: [Table.Mutation] = []

  /// Takes one line.
  ///
  /// - Throws: `UsageError` when it is none of `set <sort_key> <value> [ttl]`, `del <sort_key>`, `ok`, `abort`
  mutating func add(_ line: [UInt8]) throws(UsageError) -> Step {
    let words = try Tokenizer.statement(line).tokens
    guard let first = words.first else { return .blank }
    switch (first.text, words.count) {
    case ("ok", 1): return .finished
    case ("abort", 1): return .aborted
    case ("set", 3), ("set", 4): return .loaded(try set(words))
    case ("del", 2):
      mutations.append(.delete(sortKey: words[1].bytes))
      return .loaded("LOAD: del sortkey \(quoted(words[1].bytes))")
    default:
      throw UsageError(
        "invalid mutation '\(ByteEscaping.escape(line))': 'set <sort_key> <value> [ttl]', 'del <sort_key>', 'ok' or "
          + "'abort' is expected", kind: .syntax)
    }
  }

  private mutating func set(_ words: [Token]) throws(UsageError) -> String {
    var seconds: Int32?
    if words.count == 4 {
      do {
        seconds = try Int32.parse(words[3].bytes)
      } catch {
        throw UsageError("invalid ttl '\(ByteEscaping.escape(words[3].bytes))': \(error.message)", kind: .invalidValue)
      }
      try checkTTL(seconds)
    }
    mutations.append(.set(sortKey: words[1].bytes, value: words[2].bytes, ttl: timeToLive(seconds)))
    return "LOAD: set sortkey \(quoted(words[1].bytes)), value \(quoted(words[2].bytes)), ttl \(seconds ?? 0)"
  }

  func add(to echo: inout ParameterEcho) {
    echo.addLine("mutations:")
    for (index, mutation) in mutations.enumerated() {
      switch mutation {
      case .set(let sortKey, let value, let ttl):
        echo.add("  mutation[\(index)].type", "SET")
        echo.add("  mutation[\(index)].sort_key", bytes: sortKey)
        echo.add("  mutation[\(index)].value", bytes: value)
        echo.add("  mutation[\(index)].expire_seconds", ttl.expireTimestamp)
      case .delete(let sortKey):
        echo.add("  mutation[\(index)].type", "DEL")
        echo.add("  mutation[\(index)].sort_key", bytes: sortKey)
      }
    }
  }
}
