/// What can be offered for a kind of parameter. Called on the editor's thread while the user waits: answers at once, from
/// what is known already.
package protocol CompletionSource: Sendable {
  /// Words that begin with `prefix` (others are filtered out). A directory ends in `/`.
  func candidates(for kind: CompletionKind, prefix: String) -> [String]
}

/// Offers nothing.
package struct EmptyCompletionSource: CompletionSource {
  package init() {}
  package func candidates(for kind: CompletionKind, prefix: String) -> [String] { [] }
}

/// The answer to Tab.
package struct CompletionResult: Sendable, Equatable {
  package struct Candidate: Sendable, Equatable {
    /// What replaces the word being typed, quoted where it needs to be.
    package var text: String
    /// What a list shows.
    package var label: String
    /// Whether a blank follows when it is the only one (not after a directory or `--name=`).
    package var isFinal: Bool
  }

  /// The bytes of the line that a candidate replaces.
  package var replaced: Range<Int>
  package var candidates: [Candidate]

  /// The longest text that all candidates begin with.
  package var commonPrefix: String {
    guard let first = candidates.first else { return "" }
    return candidates.dropFirst().reduce(first.text) { prefix, candidate in
      String(zip(prefix, candidate.text).prefix { $0 == $1 }.map(\.0))
    }
  }
}
