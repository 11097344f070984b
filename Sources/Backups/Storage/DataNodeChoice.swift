import BackupLayout

/// Data nodes that have failed while one thing was asked: the name node is told to send elsewhere.
struct DataNodeChoice {
  private var hosts: [String] = []

  var parameters: [(name: String, value: String)] {
    hosts.isEmpty ? [] : [("excludedatanodes", hosts.joined(separator: ","))]
  }

  /// Notes the host of a URL, unless it is one of the addresses that are asked: then answers false.
  @discardableResult
  mutating func leaveOut(_ url: String, whenNot addresses: [String]) -> Bool {
    guard !addresses.contains(where: { url.hasPrefix($0 + "/") }), let host = WebHDFSPlace.host(of: url) else {
      return false
    }
    if !hosts.contains(host) { hosts.append(host) }
    return true
  }
}
