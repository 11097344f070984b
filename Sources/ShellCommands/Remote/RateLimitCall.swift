import EventLoop
import PegasusClient
import RPC

/// Reads and changes a limit at one server, by whichever of its names the server knows.
@LoopActor
struct RateLimitCall {
  /// What one server says.
  enum Answer: Sendable, Equatable {
    case value(String)
    /// This release has no such limit.
    case unknown
    case failed(String)

    var text: String {
      switch self {
      case .value(let value): value
      case .unknown: "not known"
      case .failed(let reason): reason
      }
    }
  }

  let cluster: ClusterClient
  let limit: RateLimit

  func read(at node: NodeAddress) async throws -> Answer { try await call(nil, at: node) }
  /// The answer has the value as read back.
  func set(_ value: String, at node: NodeAddress) async throws -> Answer {
    let answer = try await call(value, at: node)
    guard case .value = answer else { return answer }
    return try await read(at: node)
  }

  private func call(_ value: String?, at node: NodeAddress) async throws -> Answer {
    do {
      switch limit.place {
      case .remote(let names): return try await remote(names, value, at: node)
      case .setting(let names, _): return try await setting(names, value, at: node)
      case .metaSetting(let name): return try await setting([name], value, at: node)
      case .table: return .unknown
      }
    } catch let error as ClientError {
      if error.isCancellation { throw error }
      return .failed(error.cause)
    }
  }

  private func remote(_ names: [String], _ value: String?, at node: NodeAddress) async throws -> Answer {
    for name in names {
      switch try await cluster.remoteNumber(name, value == "default" ? "DEFAULT" : value, at: node) {
      case .value(let number): return .value(number)
      case .unknownCommand: continue
      case .refused(let reason): return .failed(reason)
      }
    }
    return .unknown
  }

  private func setting(_ names: [String], _ value: String?, at node: NodeAddress) async throws -> Answer {
    var last: ClientError?
    for name in names {
      do throws(ClientError) {
        let present = try await cluster.serverSetting(name, of: node)
        guard let value else { return .value(present) }
        try await cluster.setServerSetting(name, to: value, of: node)
        return .value(value)
      } catch {
        if error.isCancellation { throw error }
        last = error
      }
    }
    return last.map { .failed($0.cause) } ?? .unknown
  }
}
