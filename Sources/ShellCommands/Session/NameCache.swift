package import CommandLineKit
package import Configuration
package import Jobs
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
    var jobs: [CompletionKind: [String]] = [:]
    var providers: [String] = []
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

  /// Offers the numbers of jobs, each where it can be meant.
  package func setJobs(_ records: [JobRecord]) {
    func numbers(_ fits: (JobRecord) -> Bool) -> [String] { records.filter(fits).map(\.id.description) }
    let jobs: [CompletionKind: [String]] = [
      .job: numbers { _ in true }, .runningJob: numbers(\.isAtWork), .unfinishedJob: numbers { !$0.state.isFinal },
      .resumableJob: numbers(\.canGoOn),
    ]
    state.withLock { $0.jobs = jobs }
  }

  package func setProviders(_ names: [String]) { state.withLock { $0.providers = names } }

  package func candidates(for kind: CompletionKind, prefix: String) -> [String] {
    switch kind {
    case .cluster: state.withLock { $0.clusters }
    case .table: state.withLock { $0.tables[$0.place.cluster] ?? [] }
    case .node: state.withLock { $0.nodes[$0.place.cluster] ?? [] }
    case .appEnv: TableEnvironment.knownKeys
    case .file: FileNames.beginning(with: prefix)
    case .job, .runningJob, .unfinishedJob, .resumableJob: state.withLock { $0.jobs[kind] ?? [] }
    case .provider: state.withLock { $0.providers }
    case .directory: FileNames.beginning(with: prefix, directoriesOnly: true)
    default: []
    }
  }
}

extension CompletionKind {
  /// The number of a job.
  package static let job = CompletionKind.named("job")
  /// Of one that somebody works on.
  package static let runningJob = CompletionKind.named("running_job")
  /// Of one that has not ended for good.
  package static let unfinishedJob = CompletionKind.named("unfinished_job")
  /// Of one that is paused, or that nobody works on.
  package static let resumableJob = CompletionKind.named("resumable_job")
  /// A storage of the configuration.
  package static let provider = CompletionKind.named("provider")
}
