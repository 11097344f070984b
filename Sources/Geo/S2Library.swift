import CS2

/// The S2 library, opened when it is first asked for.
enum S2Library {
  /// Nil when the library is ready, else why it cannot be used.
  static let failure: String? = open(["libs2.so", "libs2.so.0"])

  /// Opens the first usable library of these names: the development package's, which the headers belong to, before
  /// the run-time package's. Returns why none can be used, or nil.
  static func open(_ names: [String]) -> String? {
    var reasons: [String] = []
    for name in names {
      guard let reason = cs2_open(name) else { return nil }
      reasons.append(String(cString: reason))
    }
    return reasons.joined(separator: "; ")
  }
}
