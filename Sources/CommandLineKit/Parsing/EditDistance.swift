/// How many slips lie between two words.
package enum EditDistance {
  /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, ignoring case.
  package static func between(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased().utf8)
    let b = Array(b.lowercased().utf8)
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var current = last
    for i in 1...a.count {
      current[0] = i
      for j in 1...b.count {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        var best = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, beforeLast[j - 2] + 1) }
        current[j] = best
      }
      (beforeLast, last, current) = (last, current, beforeLast)
    }
    return last[b.count]
  }

  /// The candidate that was most likely meant: the nearest one, or one that begins with what was typed; nil when none is near.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
    var best: (name: String, score: Int)?
    for candidate in candidates {
      let isPrefix = word.count > 1 && candidate.lowercased().hasPrefix(word.lowercased())
      let score = isPrefix ? 1 : between(word, candidate)
      let limit = isPrefix ? 1 : max(1, min(word.utf8.count, candidate.utf8.count) / 3)
      if score <= limit, score < best?.score ?? .max { best = (candidate, score) }
    }
    return best?.name
  }
}
