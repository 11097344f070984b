/// What a cluster is used for: decides how careful the shell is.
package enum ClusterRole: String, Sendable, CaseIterable {
  /// Commands that write ask, and those that destroy want the name typed.
  case production
  case staging
  /// Nothing asks but what destroys.
  case test
}

/// A cluster that the shell knows by name.
package struct ClusterDefinition: Sendable, Equatable {
  package var name: String
  /// The meta servers, in the order written; never empty.
  package var metas: [ServerAddress]
  /// As written in the file.
  package var metaList: String
  /// `production` unless the file says otherwise or the cluster is embedded.
  package var role: ClusterRole
  /// Whether the file says so itself: a script is then held back too.
  package var statesRole = false
  /// Time limit of data commands in milliseconds, where it differs from the shell's.
  package var timeoutMilliseconds: Int?
  /// How to start it, when it is one that the shell brings along.
  package var onebox: OneboxDefinition?

  package init(
    name: String, metas: [ServerAddress], metaList: String? = nil, role: ClusterRole = .production,
    timeoutMilliseconds: Int? = nil, onebox: OneboxDefinition? = nil
  ) {
    self.name = name
    self.metas = metas
    self.metaList = metaList ?? metas.map(\.description).joined(separator: ",")
    self.role = role
    self.timeoutMilliseconds = timeoutMilliseconds
    self.onebox = onebox
  }
}

/// An embedded cluster: where it listens and where its data lies.
package struct OneboxDefinition: Sendable, Equatable {
  /// Absolute.
  package var dataDirectory: String
  /// The address to listen on.
  package var listen: String
  package var metaPort: UInt16
  /// One port for each replica server, at least one.
  package var replicaPorts: [UInt16]
  /// Whether its replies carry host names too, as those of 2.6 servers do.
  package var sendsHostPorts: Bool
  /// `[duplication-group]`: the clusters whose duplicated writes it takes, itself included.
  package var duplicationGroup: [String: UInt8]
  /// The directories of its storage services, by name: those of type `local_service` that the file has.
  package var blockServices: [String: String]

  package init(
    dataDirectory: String, listen: String = "127.0.0.1", metaPort: UInt16, replicaPorts: [UInt16],
    sendsHostPorts: Bool = false, duplicationGroup: [String: UInt8] = [:],
    blockServices: [String: String] = [:]
  ) {
    self.dataDirectory = dataDirectory
    self.listen = listen
    self.metaPort = metaPort
    self.replicaPorts = replicaPorts
    self.sendsHostPorts = sendsHostPorts
    self.duplicationGroup = duplicationGroup
    self.blockServices = blockServices
  }

  package var ports: [UInt16] { [metaPort] + replicaPorts }
}
