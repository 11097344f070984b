import PegasusProtocol
import RPC

/// The error of a reply's frame, thrown where a test expects one.
struct RPCErrorMatcher: Error, Equatable {
  let code: ErrorCode

  static let handlerNotFound = RPCErrorMatcher(code: .handlerNotFound)

  /// Runs a call; its frame error is thrown as a matcher, other errors as they are.
  static func of<Value>(_ call: () async throws -> Value) async throws {
    do {
      _ = try await call()
    } catch RPCError.server(let code, _, _) {
      throw RPCErrorMatcher(code: code)
    }
  }
}
