import EventLoop
import FoundationEssentials
import PegasusProtocol
package import RPC

/// What one server says of itself.
extension ClusterClient {
  /// The release of a server: "2.6.0".
  ///
  /// - Throws: `ClientError` when it does not answer, or not with a version
  package func serverVersion(of node: NodeAddress, timeout: Duration? = nil) async throws(ClientError) -> String {
    let text = try await remoteCommand("server-info", [], at: node, timeout: timeout)
    guard let version = Self.version(in: text) else {
      throw ClientError(.invalid("'\(text.prefix(80))' names no version"), while: "ask \(node) for its version")
    }
    return version
  }

  /// Pegasus 2.6 answers JSON; before, "Pegasus Server 2.4.0 (sha) Release, Started at …".
  static func version(in text: String) -> String? {
    struct Answer: Decodable { var version: String }
    if let answer = try? JSONDecoder().decode(Answer.self, from: Data(text.utf8)) { return answer.version }
    return text.split(separator: " ").first { word in
      word.first?.isNumber == true && word.contains(".")
    }.map(String.init)
  }

  /// The disks of one replica server together.
  package struct DiskSpace: Sendable, Equatable {
    /// In bytes.
    package var capacity: Int64
    /// In bytes.
    package var available: Int64

    package init(capacity: Int64, available: Int64) {
      self.capacity = capacity
      self.available = available
    }
  }

  /// - Throws: `ClientError`
  package func diskSpace(of node: NodeAddress, timeout: Duration? = nil) async throws(ClientError) -> DiskSpace {
    let limit = timeout ?? options.serverTimeout
    let action = "ask \(node) for its disks"
    let reply: QueryDiskInfoResponse
    do throws(RPCError) {
      reply = try await pool.client(for: node).call(
        QueryDiskInfo.self, QueryDiskInfoRequest(), header: .server(timeoutMilliseconds: limit.wholeMilliseconds),
        timeout: limit)
    } catch {
      if case .cancelled = error { throw ClientError(.cancelled, while: action) }
      throw ClientError(.transport(error), while: action)
    }
    guard reply.err == .ok else { throw ClientError(.refused(reply.err, hint: ""), while: action) }
    return DiskSpace(
      capacity: max(0, reply.totalCapacityMb).multipliedReportingOverflow(by: 1 << 20).partialValue,
      available: max(0, reply.totalAvailableMb).multipliedReportingOverflow(by: 1 << 20).partialValue)
  }

  /// A setting of one server's configuration file, by its name (Pegasus 2.2–2.6).
  ///
  /// - Throws: `ClientError` when the server does not know it or does not answer
  package func serverSetting(_ name: String, of node: NodeAddress, timeout: Duration? = nil)
    async throws(ClientError) -> String
  {
    struct Answer: Decodable { var value: String }
    let action = "ask \(node) for \(name)"
    do {
      let reply = try await HTTPGet.fetch(
        node, path: "/config?name=\(name)", timeout: timeout ?? options.serverTimeout)
      return try JSONDecoder().decode(Answer.self, from: Data(reply.body)).value
    } catch {
      throw ClientError(.invalid("\(node) does not tell it: \(error)"), while: action)
    }
  }

  /// The data versions of the partitions of a table that a server holds (Pegasus 2.2–2.6).
  ///
  /// - Throws: `ClientError` when the server does not tell
  package func dataVersions(tableID: Int32, of node: NodeAddress, timeout: Duration? = nil)
    async throws(ClientError) -> Set<String>
  {
    struct Answer: Decodable {
      var version: String
      private enum CodingKeys: String, CodingKey { case version = "data_version" }
    }
    let action = "ask \(node) for its data versions"
    do {
      let reply = try await HTTPGet.fetch(
        node, path: "/replica/data_version?app_id=\(tableID)", timeout: timeout ?? options.serverTimeout)
      return Set(try JSONDecoder().decode([String: Answer].self, from: Data(reply.body)).values.map(\.version))
    } catch {
      throw ClientError(.invalid("\(node) does not tell its data versions: \(error)"), while: action)
    }
  }
}
