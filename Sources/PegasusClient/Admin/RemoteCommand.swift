import EventLoop
import PegasusProtocol
package import RPC

/// Remote commands: text in, text out, at one named server.
extension ClusterClient {
  /// Sends a command to one server. Every meta server (leader or not) and every replica server answers.
  ///
  /// - Returns: the server's text; an unknown command comes back as text too
  /// - Throws: `ClientError` when the server did not answer within the limit
  package func remoteCommand(
    _ command: String, _ arguments: [String], at node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) -> String {
    let limit = timeout ?? options.serverTimeout
    do throws(RPCError) {
      return try await pool.client(for: node).call(
        CliCliCall.self, Command(cmd: command, arguments: arguments),
        header: .server(timeoutMilliseconds: limit.wholeMilliseconds), timeout: limit)
    } catch {
      if case .cancelled = error { throw ClientError(.cancelled, while: "run '\(command)' at \(node)") }
      throw ClientError(.transport(error), while: "run '\(command)' at \(node)")
    }
  }
}
