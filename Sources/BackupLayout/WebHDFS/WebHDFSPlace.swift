/// Where a name node sends somebody to: the header `Location` of its redirection.
package enum WebHDFSPlace {
  /// The host of a URL, with the brackets of an IPv6 address and without the port; nil: it is no URL, or has none.
  package static func host(of url: String) -> String? {
    guard let range = url.firstRange(of: "://") else { return nil }
    // What is a mark of a URL is one behind it whatever follows, also where both look like one character.
    var authority = url[range.upperBound...].unicodeScalars.prefix { !["/", "?", "#"].contains($0) }
    if let user = authority.lastIndex(of: "@") { authority = authority[authority.index(after: user)...] }
    let host: Substring.UnicodeScalarView
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      host = authority[...end]
    } else {
      host = authority.prefix { $0 != ":" }
    }
    return host.isEmpty ? nil : String(host)
  }
}
