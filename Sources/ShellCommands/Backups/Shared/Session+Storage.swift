import Backups
import Configuration
import EventLoop

extension Session {
  /// The storage that servers call `provider`, as the shell itself reaches it.
  ///
  /// - Throws: `ShellError` that says how to write it into the configuration
  func storage(_ provider: String) throws(ShellError) -> any BlockService {
    let definition: BlockServiceDefinition
    do {
      definition = try configuration.blockService(named: provider)
    } catch {
      throw ShellError(error.message, status: .usage)
    }
    switch definition.kind {
    case .local(let root): return LocalBlockService(name: provider, root: root)
    case .hdfs(let hdfs):
      guard !hdfs.addresses.isEmpty else {
        throw ShellError(
          "the shell does not know where to reach '\(provider)'",
          advice: "add 'http = host:9870' (WebHDFS or HttpFS) to [block_service.\(provider)]", status: .usage)
      }
      let access =
        hdfs.delegationFile.map { WebHDFSAccess.token(file: $0) } ?? hdfs.user.map { .user($0) } ?? .anonymous
      return WebHDFSBlockService(
        name: provider, addresses: hdfs.addresses, root: hdfs.root, access: access, options: webHDFSOptions)
    }
  }

  /// As `storage`, or nil with a message that something is not looked at.
  ///
  /// - Parameter what: "the backup is not checked before the restore"
  func storageIfKnown(_ provider: String, otherwise what: String) -> (any BlockService)? {
    do throws(ShellError) {
      return try storage(provider)
    } catch {
      output.info("\(what): \(error)")
      return nil
    }
  }
}

extension ShellError {
  /// What a storage did not do.
  init(_ error: BlockServiceError) {
    let status: ExitStatus =
      switch error.kind {
      case .unreachable, .timedOut: .unreachable
      case .cancelled: .interrupted
      case .invalid: .usage
      default: .problem
      }
    self.init(error.description, advice: Self.clause(error.advice), status: status)
  }

  /// A sentence as what stands in parentheses.
  static func clause(_ sentence: String) -> String {
    var text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    if let first = text.first, text.dropFirst().first?.isUppercase != true {
      text = first.lowercased() + text.dropFirst()
    }
    return text
  }
}
