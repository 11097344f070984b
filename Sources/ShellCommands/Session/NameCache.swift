package import CommandLineKit
package import Configuration
import Synchronization
import Terminal

/// The names that completion offers, and what the prompt shows. Filled by the session on the loop, read by the line editor
/// on its own thread.
package final class NameCache: CompletionSource, Sendable {
  /// What the prompt shows.
  package struct Place: Sendable, Equatable {
    package var cluster = ""
    package var table: String?
    package var role = ClusterRole.production
  }

  private struct State {
    var place = Place()
    var clusters: [String] = []
    var tables: [String: [String]] = [:]
    var nodes: [String: [String]] = [:]
    var jobs: [String] = []
  }

  private let state = Mutex(State())

  package init() {}

  package var place: Place { state.withLock { $0.place } }

  package func setPlace(cluster: String, table: String?, role: ClusterRole) {
    state.withLock { $0.place = Place(cluster: cluster, table: table, role: role) }
  }

  package func setClusters(_ names: [String]) { state.withLock { $0.clusters = names } }

  package func setTables(_ names: [String], of cluster: String) {
    state.withLock { $0.tables[cluster] = names.sorted() }
  }

  package func setNodes(_ names: [String], of cluster: String) { state.withLock { $0.nodes[cluster] = names.sorted() } }

  package func setJobs(_ numbers: [String]) { state.withLock { $0.jobs = numbers } }

  package func candidates(for kind: CompletionKind, prefix: String) -> [String] {
    switch kind {
    case .cluster: state.withLock { $0.clusters }
    case .table: state.withLock { $0.tables[$0.place.cluster] ?? [] }
    case .node: state.withLock { $0.nodes[$0.place.cluster] ?? [] }
    case .appEnv: TableEnvironment.knownKeys
    case .file: FileNames.beginning(with: prefix)
    case .job: state.withLock { $0.jobs }
    case .directory: FileNames.beginning(with: prefix, directoriesOnly: true)
    default: []
    }
  }
}

extension CompletionKind {
  /// The number of a job.
  package static let job = CompletionKind.named("job")
}
