import EventLoop
import JSON
package import RPC

/// Settings of single servers that can be changed while they run.
extension ClusterClient {
  /// Changes a setting of one server's configuration until it is restarted (Pegasus 2.2–2.6; only settings that the server
  /// lists as mutable).
  ///
  /// - Parameter value: letters, digits and `.-_` only
  /// - Throws: `ClientError` with the server's reason when it does not take it
  package func setServerSetting(
    _ name: String, to value: String, of node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) {
    let action = "set \(name) of \(node)"
    func isPlain(_ text: String) -> Bool {
      !text.isEmpty
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }
    guard isPlain(name), isPlain(value) else {
      throw ClientError(.invalid("'\(value)' is no plain value"), while: action)
    }
    let answer: JSONValue
    do {
      let reply = try await HTTPGet.fetch(
        node, path: "/updateConfig?\(name)=\(value)", timeout: timeout ?? options.serverTimeout)
      answer = try JSONParser.parse(reply.body)
    } catch {
      throw ClientError(.invalid("\(node) does not take it: \(error)"), while: action)
    }
    // Refusals come with status 200 as well.
    let status = answer["update_status"]?.text ?? answer["error_message"]?.text ?? answer.text(indent: nil)
    guard status == "ERR_OK" else { throw ClientError(.invalid("\(node) does not take it: \(status)"), while: action) }
  }

  /// What a server answered to a remote command that shows or changes a number.
  package enum RemoteNumber: Sendable, Equatable {
    case value(String)
    /// The server knows no such command.
    case unknownCommand
    /// The server's reason.
    case refused(String)
  }

  /// Shows or changes a number by a remote command. Servers of 2.6 answer JSON, older ones text.
  ///
  /// - Parameter argument: the new value; nil: only shows it
  /// - Returns: for a change, the value that was given
  /// - Throws: `ClientError` when the server does not answer
  package func remoteNumber(
    _ command: String, _ argument: String? = nil, at node: NodeAddress, timeout: Duration? = nil
  ) async throws(ClientError) -> RemoteNumber {
    let text = try await remoteCommand(command, argument.map { [$0] } ?? [], at: node, timeout: timeout)
    return Self.remoteNumber(in: text, command: command, argument: argument)
  }

  nonisolated static func remoteNumber(in text: String, command: String, argument: String?) -> RemoteNumber {
    if text.hasPrefix("unknown command") { return .unknownCommand }
    if let json = try? JSONParser.parse(text.utf8), case .object = json {
      if let error = json["error"]?.text, error != "ok" { return .refused(error) }
      switch json[command] {
      case .string(let value): return .value(value)
      case .integer(let value): return .value("\(value)")
      default: return argument.map { .value($0) } ?? .refused(text)
      }
    }
    guard !text.hasPrefix("ERR") else { return .refused(text) }
    if let argument, text.hasPrefix("OK") { return .value(argument) }
    let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber }
    return digits.isEmpty ? .refused(text) : .value(String(digits))
  }
}
