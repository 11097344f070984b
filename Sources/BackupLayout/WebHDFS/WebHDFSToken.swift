import JSON

/// A delegation token of Hadoop.
package enum WebHDFSToken {
  /// - Parameter contents: the token alone, or the answer of GETDELEGATIONTOKEN
  /// - Returns: nil: there is none
  package static func read(_ contents: [UInt8]) -> String? {
    let text = String(decoding: contents, as: UTF8.self)
    let token =
      text.drop(while: \.isWhitespace).first == "{"
      ? (try? WebHDFSAnswer.json(contents, "Token"))?["urlString"]?.text
      : text.split(whereSeparator: \.isWhitespace).first.map(String.init)
    return token.flatMap { $0.isEmpty ? nil : $0 }
  }
}
