import EventLoop
import PegasusProtocol

/// What a cluster says about duplication.
extension ClusterClient {
  /// What another cluster is to this one, by the configuration of this one's meta servers.
  package enum DuplicationStanding: Sendable, Equatable {
    /// It is this cluster itself.
    case itself
    /// It belongs to the duplication group.
    case member
    /// It does not, or cannot be found: the server's words.
    case stranger(String)
  }

  /// Names no table can have.
  private static let noTable = "/ no table /"

  /// Asks for the duplication of a table that cannot exist. Servers look at the cluster's name first (2.4 to 2.6), so that
  /// their refusal tells what they know of it; nothing is made.
  ///
  /// - Throws: `ClientError` when no meta server answered, or none that knows the request
  package func duplicationStanding(of cluster: String) async throws(ClientError) -> DuplicationStanding {
    let reply = try await meta.send(
      AddDuplication.self, DuplicationAddRequest(appName: Self.noTable, remoteClusterName: cluster),
      timeout: .seconds(3), action: phrase("ask for the duplication group"))
    switch reply.err {
    case .appNotExist: return .member
    case .invalidParameters where reply.hint?.contains("to itself") == true: return .itself
    default: return .stranger(reply.hint.flatMap { $0.isEmpty ? nil : $0 } ?? reply.err.name)
    }
  }
}
