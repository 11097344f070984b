/// The configuration of a shell: the clusters it knows and its defaults.
///
/// - `[pegasus.clusters]`: `name = host:port,host:port…`, one line for each cluster.
/// - `[onebox.<name>]`: the cluster is an embedded one; `meta_port`, `replica_ports` (or `replicas`, a count), `listen`,
///   `data_dir`, `host_ports`.
/// - `[cluster.<name>]`: `role` (production, staging, test) and `timeout_ms`.
/// - `[block_service.<name>]`: a storage for backups, as servers write it: `type`, `args`; for `hdfs_service` also `http`
///   (WebHDFS or HttpFS) and `user`.
/// - `[duplication-group]`: `name = number`, as in the configuration of the servers.
/// - `[shell]`: see `ShellDefaults`.
///
/// Files of the old C++ shell can be used as they are; what is not listed here is passed over.
package struct ShellConfiguration: Sendable {
  /// Where it was read from; nil when there was no file.
  package let path: String?
  /// In the order written.
  package private(set) var clusters: [ClusterDefinition] = []
  /// In the order written.
  package private(set) var blockServices: [BlockServiceDefinition] = []
  package private(set) var defaults = ShellDefaults()
  /// The clusters between which writes may be duplicated: their numbers, 1 to 127, by their names.
  package private(set) var duplicationGroup: [String: UInt8] = [:]
  /// `file:line: …` remarks to show.
  package private(set) var warnings: [String] = []
  private var document: INIDocument?

  /// A configuration without clusters.
  package init() { path = nil }

  /// Reads a file.
  package init(path: String, directories: UserDirectories = UserDirectories()) throws(ConfigurationError) {
    try self.init(document: INIDocument(try Path.read(path), file: path), directories: directories)
  }

  /// Reads the named file, or the first one that the search finds, or gives an empty configuration.
  package static func load(
    path: String?, search: ConfigurationSearch = ConfigurationSearch(), directories: UserDirectories = UserDirectories()
  ) throws(ConfigurationError) -> ShellConfiguration {
    guard let file = path ?? search.locate() else { return ShellConfiguration() }
    return try ShellConfiguration(path: file, directories: directories)
  }

  /// Reads a parsed file.
  package init(
    document: INIDocument, directories: UserDirectories = UserDirectories()
  ) throws(ConfigurationError) {
    path = document.file
    self.document = document
    var reader = ConfigurationReader(document: document, directories: directories)
    duplicationGroup = try reader.duplicationGroup()
    blockServices = try reader.blockServices()
    clusters = try reader.clusters(storages: blockServices)
    defaults = try reader.defaults(clusters: clusters)
    warnings = document.warnings + reader.warnings
  }

  /// The cluster to begin with: `[shell] cluster`, else the one called `onebox`, else the first one.
  package var defaultCluster: ClusterDefinition? {
    if let name = defaults.cluster { return cluster(named: name) }
    return cluster(named: "onebox") ?? clusters.first
  }

  /// A value of a section that other rooms give its meaning to; nil when it is not there.
  package func value(of key: String, in section: String) -> String? { document?[section]?[key]?.value }

  package func cluster(named name: String) -> ClusterDefinition? {
    clusters.first { $0.name == name }
  }

  /// The storage that servers call `name`. The error says which there are, and how to write one down.
  package func blockService(named name: String) throws(ConfigurationError) -> BlockServiceDefinition {
    if let known = blockServices.first(where: { $0.name == name }) { return known }
    let names = blockServices.isEmpty ? "none" : blockServices.map(\.name).joined(separator: ", ")
    throw ConfigurationError(
      file: path,
      "no storage is called '\(name)' (known: \(names)); add a section [block_service.\(name)] with 'type' and 'args' "
        + "as in the configuration of the servers")
  }

  /// The cluster with that name, or one made of a list of addresses (`host:port,host:port`) as typed.
  /// The error says which clusters there are.
  package func resolve(_ nameOrAddresses: String) throws(ConfigurationError) -> ClusterDefinition {
    if let known = cluster(named: nameOrAddresses) { return known }
    if nameOrAddresses.contains(":"), case .success(let metas) = ServerAddress.list(nameOrAddresses) {
      return clusters.first { $0.metas == metas } ?? ClusterDefinition(name: nameOrAddresses, metas: metas)
    }
    let names = clusters.isEmpty ? "none is configured" : "known: " + clusters.map(\.name).joined(separator: ", ")
    throw ConfigurationError("no cluster is called '\(nameOrAddresses)' (\(names))")
  }
}
