package import EventLoop
package import PegasusProtocol
import RPC

/// One table of a cluster. Every operation is routed to the primary of the row's partition and, within its time limit,
/// retried when what failed may pass.
@LoopActor
package final class Table {
  package let cluster: ClusterClient
  package let name: String
  package let router: TableRouter

  package init(cluster: ClusterClient, name: String) {
    self.cluster = cluster
    self.name = name
    router = TableRouter(name: name, meta: cluster.meta)
  }

  /// The table's id and its partitions, looked up when not known yet.
  ///
  /// - Throws: `ClientError`
  package func partitions() async throws(ClientError) -> PartitionTable { try await router.current() }

  /// "get from table 'temp' of cluster 'A'".
  package func phrase(_ verb: String, _ preposition: String = "from") -> String {
    "\(verb) \(preposition) table '\(name)' of cluster '\(cluster.name)'"
  }

  /// Sends one request to the partition its rows belong to, and retries it until the time limit.
  ///
  /// A method that is not idempotent and lost its answer throws `ClientError.Reason.outcomeUnknown`.
  ///
  /// - Parameters:
  ///   - row: the row that the request is about, where the request itself does not name its partition: one without a
  ///     hash key
  ///   - limit: for everything, retries included; `nil` for the client's default
  /// - Throws: `ClientError`
  package func call<M: PartitionMethod>(
    _ method: M.Type, _ request: M.Request, about row: PegasusKey? = nil, limit: Duration? = nil,
    action: @autoclosure () -> String
  ) async throws(ClientError) -> M.Response {
    guard case .key(let hash) = row?.routingHash ?? request.routingHash else {
      throw ClientError(
        .invalid("the hash key is empty, and rows without one are spread over all partitions by their sort keys"),
        while: action())
    }
    let limit = limit ?? cluster.options.dataTimeout
    let deadline = ContinuousClock.now + limit
    var attempt = 0
    var last = "not tried"
    var refresh = RetryPolicy.Refresh.none
    while true {
      if Task.isCancelled { throw ClientError(.cancelled, while: action()) }
      let left = deadline - ContinuousClock.now
      if left <= .zero { throw ClientError(.deadline(after: limit, attempts: attempt, last: last), while: action()) }
      attempt += 1
      if let partitions = try await route(refresh, last: &last) {
        let index = partitions.index(for: hash)
        if let node = partitions.partitions[Int(index)].primary {
          let header = try partitions.header(index, timeout: left, action: action())
          do throws(RPCError) {
            return try await cluster.pool.client(for: node).call(method, request, header: header, timeout: left)
          } catch {
            last = "\(error)"
            if case .cancelled = error { throw ClientError(.cancelled, while: action()) }
            switch cluster.options.retry.verdict(on: error, repeatable: M.isIdempotent) {
            case .fail: throw ClientError(.transport(error), while: action())
            case .outcomeUnknown: throw ClientError(.outcomeUnknown(last: last), while: action())
            case .retry(let wanted): refresh = wanted
            }
          }
        } else {
          last = "partition \(partitions.gpid(index)) has no primary"
          refresh = .partition
        }
      } else {
        refresh = .partition
      }
      let pause = min(cluster.options.retry.pause(after: attempt), deadline - ContinuousClock.now)
      do { try await loopSleep(max(.zero, pause)) } catch { throw ClientError(.cancelled, while: action()) }
    }
  }

  /// `nil` when the meta server could not be asked for a passing reason: the loop above tries again.
  private func route(_ refresh: RetryPolicy.Refresh, last: inout String) async throws(ClientError) -> PartitionTable? {
    do throws(ClientError) {
      return refresh == .none ? try await router.current() : try await router.refresh()
    } catch {
      switch error.reason {
      case .refused(.busyCreating, _), .refused(.busyDropping, _), .refused(.unknown, _):
        last = error.cause
        return nil
      default: throw error
      }
    }
  }
}
