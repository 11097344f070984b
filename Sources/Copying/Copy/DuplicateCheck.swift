package import EventLoop
package import PegasusClient
import PegasusProtocol
import RPC

/// Whether rows may be written to a target as writes duplicated from another cluster.
///
/// It must not be found out by trying: a server whose own name is missing in its `[duplication-group]` aborts at the first
/// such request (2.0–2.6; 2.6 even without a group), and again whenever it replays its log. So both clusters have to stand
/// in the operator's configuration, and the target's meta servers, which are run with the same file as its replica servers,
/// have to agree.
@LoopActor
package struct DuplicateCheck {
  private let source: Table
  private let target: Table
  private let group: [String: UInt8]

  /// - Parameter group: the numbers of the clusters by their names, as the operator has written them down
  package init(source: Table, target: Table, group: [String: UInt8]) {
    self.source = source
    self.target = target
    self.group = group
  }

  /// What came out: the number that rows are marked with, or why they cannot be written so.
  package enum Outcome: Sendable, Equatable {
    case allowed(clusterID: UInt8)
    case refused(String)
  }

  /// Asks; nothing is changed anywhere. A server that does not answer is a refusal too.
  ///
  /// - Throws: `ClientError` only when cancelled
  package func run() async throws(ClientError) -> Outcome {
    let (from, to) = (source.cluster.name, target.cluster.name)
    guard let origin = group[from], let own = group[to] else {
      let missing = group[from] == nil ? from : to
      return .refused("[duplication-group] of the configuration does not name '\(missing)'")
    }
    guard origin != own else {
      return .refused("rows of a cluster cannot be duplicated to itself")
    }
    do throws(ClientError) {
      if let reason = try await strangeness(from, to) { return .refused(reason) }
      if let reason = try await outdatedServer() { return .refused(reason) }
      if let reason = try await onwardDuplication() { return .refused(reason) }
    } catch {
      if error.isCancellation { throw error }
      return .refused("'\(to)' cannot be asked: \(error.cause)")
    }
    return .allowed(clusterID: origin)
  }

  private func strangeness(_ from: String, _ to: String) async throws(ClientError) -> String? {
    let cluster = target.cluster
    switch try await cluster.duplicationStanding(of: to) {
    case .itself: break
    case .member: return "the servers of '\(to)' have another name for themselves in their [duplication-group]"
    case .stranger(let words): return "the servers of '\(to)' do not go by that name: \(words)"
    }
    switch try await cluster.duplicationStanding(of: from) {
    case .member: return nil
    case .itself: return "the servers of '\(to)' take '\(from)' for themselves"
    case .stranger(let words): return "the servers of '\(to)' do not know '\(from)': \(words)"
    }
  }

  /// Up to 2.3 a request holds a single write, and nothing is gained.
  private func outdatedServer() async throws(ClientError) -> String? {
    var nodes: Set<NodeAddress> = []
    for partition in try await target.partitions().partitions {
      if let primary = partition.primary { nodes.insert(primary) }
      nodes.formUnion(partition.secondaries)
    }
    for node in nodes {
      guard let release = ServerRelease(in: try await target.cluster.serverVersion(of: node)) else {
        return "the release of the server \(node) is not known"
      }
      if release < ServerRelease(2, 4) {
        return "the server \(node) is of release \(release), and takes several rows in one request only from 2.4 on"
      }
    }
    return nil
  }

  /// A server does not pass on what was duplicated to it.
  private func onwardDuplication() async throws(ClientError) -> String? {
    let id = try await target.partitions().appID
    guard let table = try await target.cluster.listTables().first(where: { $0.appId == id }) else {
      return "table '\(target.name)' is not in the list of its cluster"
    }
    guard table.duplicating == true else { return nil }
    return "table '\(target.name)' is itself duplicated to another cluster, where these rows would not arrive"
  }
}
