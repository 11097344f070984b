/// Turns a document's sections into clusters and defaults.
struct ConfigurationReader {
  private static let clusterList = "pegasus.clusters"
  let document: INIDocument
  let directories: UserDirectories
  private(set) var warnings: [String] = []

  init(document: INIDocument, directories: UserDirectories) {
    self.document = document
    self.directories = directories
  }

  /// `storages` are what embedded clusters are given.
  mutating func clusters(storages: [BlockServiceDefinition]) throws(ConfigurationError) -> [ClusterDefinition] {
    var list: [ClusterDefinition] = []
    for entry in document[Self.clusterList]?.entries ?? [] {
      if Self.isTemplate(entry.key) || Self.isTemplate(entry.value) || entry.value.isEmpty {
        warn(entry.line, "'\(entry.key)' has no addresses yet; passed over")
        continue
      }
      switch ServerAddress.list(entry.value) {
      case .success(let metas):
        list.append(ClusterDefinition(name: entry.key, metas: metas, metaList: entry.value))
      case .failure(let error):
        throw ConfigurationError(
          file: document.file, line: entry.line, "cluster '\(entry.key)': \(error.message)")
      }
    }
    for section in document.sections {
      if let name = Self.suffix(of: section, "onebox.") { try addOnebox(name, section, storages, to: &list) }
    }
    for section in document.sections {
      if let name = Self.suffix(of: section, "cluster.") { try refine(name, section, in: &list) }
    }
    try checkPorts(list)
    return list
  }

  /// Servers do not start with two clusters of one number, or one without.
  func duplicationGroup() throws(ConfigurationError) -> [String: UInt8] {
    var group: [String: UInt8] = [:]
    for entry in document["duplication-group"]?.entries ?? [] where !Self.isTemplate(entry.key) {
      guard let id = try number(entry, 1...127) else { throw expected("a number from 1 to 127", entry, entry.value) }
      guard !group.values.contains(UInt8(id)) else { throw expected("another number", entry, entry.value) }
      group[entry.key] = UInt8(id)
    }
    return group
  }

  private mutating func addOnebox(
    _ name: String, _ section: INIDocument.Section, _ storages: [BlockServiceDefinition],
    to list: inout [ClusterDefinition]
  ) throws(ConfigurationError) {
    warnUnknownKeys(section, ["data_dir", "listen", "meta_port", "replica_ports", "replicas", "host_ports"])
    let place = list.firstIndex { $0.name == name }
    let listen = section["listen"].flatMap { $0.value.isEmpty ? nil : $0.value } ?? place.map { list[$0].metas[0].host }
    let metaPort = try port(section["meta_port"]) ?? place.map { list[$0].metas[0].port }
    guard let metaPort else {
      throw ConfigurationError(
        file: document.file, line: section.line, "[\(section.name)] needs 'meta_port = <port>'")
    }
    let onebox = OneboxDefinition(
      dataDirectory: try dataDirectory(name, section), listen: listen ?? "127.0.0.1", metaPort: metaPort,
      replicaPorts: try replicaPorts(section, metaPort: metaPort),
      sendsHostPorts: try boolean(section["host_ports"]) ?? false, duplicationGroup: try duplicationGroup(),
      blockServices: storages.reduce(into: [:]) { $0[$1.name] = $1.localRoot })
    guard let place else {
      let address = ServerAddress(host: onebox.listen, port: metaPort)
      list.append(ClusterDefinition(name: name, metas: [address], role: .test, onebox: onebox))
      return
    }
    guard list[place].metas.contains(where: { $0.port == metaPort }) else {
      throw ConfigurationError(
        file: document.file, line: section["meta_port"]?.line ?? section.line,
        "meta_port \(metaPort) is expected among the addresses of '\(name)' in [\(Self.clusterList)]: \(list[place].metaList)"
      )
    }
    list[place].onebox = onebox
    list[place].role = .test
  }

  private func dataDirectory(_ name: String, _ section: INIDocument.Section) throws(ConfigurationError) -> String {
    if let entry = section["data_dir"], !entry.value.isEmpty {
      let path = Path.expandingHome(entry.value, home: directories.home)
      return Path.join(Path.directory(of: Path.absolute(document.file)), path)
    }
    guard !name.contains("/"), !name.hasPrefix(".") else {
      throw ConfigurationError(
        file: document.file, line: section.line,
        "[\(section.name)] needs 'data_dir = <directory>': its name is no file name")
    }
    return Path.join(directories.data, "onebox/\(name)")
  }

  private func replicaPorts(_ section: INIDocument.Section, metaPort: UInt16) throws(ConfigurationError) -> [UInt16] {
    if let entry = section["replica_ports"] {
      var ports: [UInt16] = []
      for item in entry.value.split(separator: ",", omittingEmptySubsequences: false) {
        let text = INIDocument.trimmed(item)
        guard let port = UInt16(text), port > 0 else { throw expected("ports between commas", entry, text) }
        ports.append(port)
      }
      return ports
    }
    let count = try number(section["replicas"], 1...100) ?? 3
    guard Int(metaPort) + 200 + count <= 65536 else {
      throw ConfigurationError(
        file: document.file, line: section.line,
        "[\(section.name)] needs 'replica_ports': there are none left above meta_port")
    }
    return (0..<count).map { metaPort + 200 + UInt16($0) }
  }

  private mutating func refine(
    _ name: String, _ section: INIDocument.Section, in list: inout [ClusterDefinition]
  ) throws(ConfigurationError) {
    warnUnknownKeys(section, ["role", "timeout_ms"])
    guard let place = list.firstIndex(where: { $0.name == name }) else {
      let names = list.map(\.name).joined(separator: ", ")
      throw ConfigurationError(
        file: document.file, line: section.line,
        "[\(section.name)] is about a cluster that is not in [\(Self.clusterList)] (\(names))")
    }
    if let entry = section["role"] {
      guard let role = ClusterRole(rawValue: entry.value) else {
        throw expected("one of production, staging, test", entry, entry.value)
      }
      list[place].role = role
      list[place].statesRole = true
    }
    list[place].timeoutMilliseconds = try number(section["timeout_ms"], 1...86_400_000)
  }

  private func checkPorts(_ list: [ClusterDefinition]) throws(ConfigurationError) {
    var owners: [ServerAddress: String] = [:]
    for cluster in list {
      guard let onebox = cluster.onebox else { continue }
      for port in onebox.ports {
        let address = ServerAddress(host: onebox.listen, port: port)
        if let owner = owners.updateValue(cluster.name, forKey: address) {
          let line = document["onebox.\(cluster.name)"]?.line
          throw ConfigurationError(
            file: document.file, line: line,
            "port \(port) of '\(cluster.name)' is taken \(owner == cluster.name ? "twice" : "by '\(owner)'"); different ports are expected"
          )
        }
      }
    }
  }

  mutating func defaults(clusters: [ClusterDefinition]) throws(ConfigurationError) -> ShellDefaults {
    let limit = 1...86_400_000
    var defaults = ShellDefaults()
    let shell = document["shell"] ?? INIDocument.Section(name: "shell", line: 1)
    warnUnknownKeys(
      shell,
      [
        "cluster", "timeout_ms", "meta_timeout_ms", "nodes_sample_interval_ms", "tables_sample_interval_ms",
        "http_timeout_ms", "history_size",
      ])
    if let entry = shell["cluster"], !entry.value.isEmpty {
      guard clusters.contains(where: { $0.name == entry.value }) else {
        throw expected("one of " + clusters.map(\.name).joined(separator: ", "), entry, entry.value)
      }
      defaults.cluster = entry.value
    }
    defaults.timeoutMilliseconds = try number(shell["timeout_ms"], limit) ?? defaults.timeoutMilliseconds
    let meta = shell["meta_timeout_ms"] ?? document["task..default"]?["rpc_timeout_milliseconds"]
    defaults.metaTimeoutMilliseconds = try number(meta, limit) ?? defaults.metaTimeoutMilliseconds
    let http = shell["http_timeout_ms"] ?? document["http"]?["curl_timeout_ms"]
    defaults.httpTimeoutMilliseconds = try number(http, limit) ?? defaults.httpTimeoutMilliseconds
    defaults.nodesSampleIntervalMilliseconds =
      try number(shell["nodes_sample_interval_ms"], limit) ?? defaults.nodesSampleIntervalMilliseconds
    defaults.tablesSampleIntervalMilliseconds =
      try number(shell["tables_sample_interval_ms"], limit) ?? defaults.tablesSampleIntervalMilliseconds
    defaults.historySize = try number(shell["history_size"], 0...1_000_000) ?? defaults.historySize
    return defaults
  }

  // MARK: Values

  private func port(_ entry: INIDocument.Entry?) throws(ConfigurationError) -> UInt16? {
    try number(entry, 1...65535).map { UInt16($0) }
  }

  private func number(_ entry: INIDocument.Entry?, _ range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
    guard let entry, !entry.value.isEmpty else { return nil }
    guard let number = Int(entry.value), range.contains(number) else {
      throw expected("a number from \(range.lowerBound) to \(range.upperBound)", entry, entry.value)
    }
    return number
  }

  private func boolean(_ entry: INIDocument.Entry?) throws(ConfigurationError) -> Bool? {
    guard let entry, !entry.value.isEmpty else { return nil }
    switch entry.value.lowercased() {
    case "true": return true
    case "false": return false
    default: throw expected("true or false", entry, entry.value)
    }
  }

  func expected(_ what: String, _ entry: INIDocument.Entry, _ found: String) -> ConfigurationError {
    ConfigurationError(
      file: document.file, line: entry.line, "'\(entry.key)': \(what) is expected, not '\(found)'")
  }

  mutating func warn(_ line: Int, _ message: String) {
    warnings.append("\(document.file):\(line): \(message)")
  }

  mutating func warnUnknownKeys(_ section: INIDocument.Section, _ known: [String]) {
    for entry in section.entries where !known.contains(entry.key) {
      warn(entry.line, "[\(section.name)] has no '\(entry.key)'; known: \(known.joined(separator: ", "))")
    }
  }

  /// `@CLUSTER_NAME@`: a place that a script of the old shell fills in.
  private static func isTemplate(_ text: String) -> Bool {
    text.count > 2 && text.hasPrefix("@") && text.hasSuffix("@")
  }

  static func suffix(of section: INIDocument.Section, _ prefix: String) -> String? {
    section.name.hasPrefix(prefix) ? INIDocument.trimmed(section.name.dropFirst(prefix.count)) : nil
  }
}
