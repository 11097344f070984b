import JSON

/// The error in an answer of WebHDFS or HttpFS: `RemoteException`.
package struct WebHDFSException: Sendable, Equatable {
  /// Of a Java class, without its package: `FileNotFoundException`; empty when it is not told.
  package var name: String
  /// Its first line, not longer than a line should be, and without what moves a terminal's cursor.
  package var message: String

  /// Nil: the answer is none of Hadoop's.
  package init?(contents: [UInt8]) {
    guard let remote = try? WebHDFSAnswer.json(contents, "RemoteException"), remote != .null else { return nil }
    name = Self.shown(remote["exception"]?.text ?? "", 100)
    message = Self.shown(remote["message"]?.text ?? "", 300)
  }

  private static func shown(_ text: String, _ longest: Int) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(longest) {
      if scalar == "\n" { break }
      shown.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(shown)
  }
}
