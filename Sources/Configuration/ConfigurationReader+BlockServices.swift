extension ConfigurationReader {
  private static let prefix = "block_service."

  /// The sections `[block_service.<name>]`, in the order written. Embedded clusters share a `local_service` even when there
  /// is no section for it, so that a backup of one can be restored in another.
  mutating func blockServices() throws(ConfigurationError) -> [BlockServiceDefinition] {
    var list: [BlockServiceDefinition] = []
    for section in document.sections {
      guard let name = Self.suffix(of: section, Self.prefix) else { continue }
      guard !name.isEmpty else {
        throw ConfigurationError(
          file: document.file, line: section.line, "[\(section.name)] needs a name: [\(Self.prefix)<name>]")
      }
      list.append(BlockServiceDefinition(name: name, kind: try blockService(section), line: section.line))
    }
    let hasEmbedded = document.sections.contains { Self.suffix(of: $0, "onebox.") != nil }
    if hasEmbedded, !list.contains(where: { $0.name == Self.embedded }) {
      let root = Path.join(directories.data, "block_service/\(Self.embedded)")
      list.append(BlockServiceDefinition(name: Self.embedded, kind: .local(root: root), line: 0))
    }
    return list
  }

  private static let embedded = "local_service"

  private mutating func blockService(
    _ section: INIDocument.Section
  ) throws(ConfigurationError) -> BlockServiceDefinition.Kind {
    guard let type = section["type"] else {
      throw ConfigurationError(
        file: document.file, line: section.line, "[\(section.name)] needs 'type = local_service' or 'hdfs_service'")
    }
    let words = (section["args"]?.value ?? "").split { $0 == " " || $0 == "\t" }.map(String.init)
    let argumentLine = section["args"]?.line ?? section.line
    switch type.value {
    case "local_service":
      warnUnknownKeys(section, ["type", "args"])
      guard words.count == 1, let directory = words.first else {
        throw ConfigurationError(
          file: document.file, line: argumentLine,
          "'args': one directory is expected, not '\(words.joined(separator: " "))'")
      }
      let path = Path.expandingHome(directory, home: directories.home)
      return .local(root: Path.join(Path.directory(of: Path.absolute(document.file)), path))
    case "hdfs_service":
      warnUnknownKeys(section, ["type", "args", "http", "user", "delegation_file"])
      guard words.count <= 2, words.count < 2 || words[1].hasPrefix("/") else {
        throw ConfigurationError(
          file: document.file, line: argumentLine,
          "'args': a name node and a directory that begins with '/' are expected, not '\(words.joined(separator: " "))'"
        )
      }
      var hdfs = HDFSDefinition(nameNode: words.first ?? "")
      if words.count == 2 { hdfs.root = words[1] }
      if let entry = section["http"] { hdfs.addresses = try webAddresses(entry) }
      if let user = section["user"]?.value, !user.isEmpty { hdfs.user = user }
      if let file = section["delegation_file"]?.value, !file.isEmpty {
        let path = Path.expandingHome(file, home: directories.home)
        hdfs.delegationFile = Path.join(Path.directory(of: Path.absolute(document.file)), path)
      }
      return .hdfs(hdfs)
    default: throw expected("local_service or hdfs_service", type, type.value)
    }
  }

  /// `host:port` or `http(s)://host[:port][/path]`, between commas.
  private func webAddresses(_ entry: INIDocument.Entry) throws(ConfigurationError) -> [String] {
    var list: [String] = []
    for item in entry.value.split(separator: ",", omittingEmptySubsequences: false) {
      var text = INIDocument.trimmed(item)
      let whole = text
      while text.hasSuffix("/") { text.removeLast() }
      if !text.contains("://") { text = "http://" + text }
      let rest = ["http://", "https://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.count) } ?? ""
      let host = String(rest.prefix { $0 != "/" })
      let isAddress = ServerAddress(host) != nil || (whole.contains("://") && ServerAddress(host + ":80") != nil)
      guard isAddress, !text.unicodeScalars.contains(where: { $0.value <= 0x20 || "?#@".unicodeScalars.contains($0) })
      else {
        throw expected("host:port or http://host:port of WebHDFS or HttpFS", entry, whole)
      }
      list.append(text)
    }
    return list
  }
}
