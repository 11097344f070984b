/// A storage that backups lie on, as servers and the shell know it by name: a section `[block_service.<name>]`, written as
/// in the configuration of servers.
package struct BlockServiceDefinition: Sendable, Equatable {
  /// How its files are reached.
  package enum Kind: Sendable, Equatable {
    /// `local_service`: a directory that every machine has mounted.
    case local(root: String)
    /// `hdfs_service`; the shell itself reaches it through WebHDFS or HttpFS.
    case hdfs(HDFSDefinition)
  }

  /// What servers call the provider.
  package var name: String
  package var kind: Kind
  /// Where the section begins, from 1; 0 when there is none.
  package var line: Int

  package init(name: String, kind: Kind, line: Int) {
    self.name = name
    self.kind = kind
    self.line = line
  }

  /// The directory of a `local_service`.
  package var localRoot: String? {
    guard case .local(let root) = kind else { return nil }
    return root
  }
}

/// A Hadoop file system.
package struct HDFSDefinition: Sendable, Equatable {
  /// As servers reach it: `hdfs://host:port`; may be empty where only the shell needs it.
  package var nameNode: String
  /// The directory below which servers keep everything; `/` unless written.
  package var root: String
  /// Where WebHDFS or HttpFS answers, in the order tried: `http://host:9870`, without a slash at the end. Empty when the
  /// section does not say.
  package var addresses: [String]
  /// The user that files are read and written as; nil: the server's default.
  package var user: String?
  /// A file with a delegation token, an absolute path; takes the place of the user. Nil: simple authentication.
  package var delegationFile: String?

  package init(
    nameNode: String, root: String = "/", addresses: [String] = [], user: String? = nil, delegationFile: String? = nil
  ) {
    self.nameNode = nameNode
    self.root = root
    self.addresses = addresses
    self.user = user
    self.delegationFile = delegationFile
  }
}
