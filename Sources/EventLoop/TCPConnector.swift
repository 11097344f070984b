/// Resolves a host and tries its addresses one after the other, each for at most the timeout.
@LoopActor
package final class TCPConnector {
  package typealias Completion = @LoopActor (Result<TCPStream, SocketError>) -> Void

  package struct Options: Sendable {
    /// For one address.
    package var timeout = Duration.seconds(3)
    /// A peer that acknowledges nothing for so long is given up.
    package var silenceLimit = Duration.seconds(30)
    /// Ask the resolver again instead of using what it said a few seconds ago.
    package var resolvesAfresh = false

    package init(timeout: Duration = .seconds(3), silenceLimit: Duration = .seconds(30), resolvesAfresh: Bool = false) {
      self.timeout = timeout
      self.silenceLimit = silenceLimit
      self.resolvesAfresh = resolvesAfresh
    }
  }

  private let host: String
  private let port: UInt16
  private let options: Options
  private var completion: Completion?
  private var attempt: TCPConnect?
  private var failures: [SocketError] = []

  /// `completion` is called once, never before `init` has returned; not at all after `cancel()`.
  /// A failure names every address that was tried.
  package init(host: String, port: UInt16, options: Options = Options(), _ completion: @escaping Completion) {
    self.host = host
    self.port = port
    self.options = options
    self.completion = completion
    Resolver.lookUp(host: host, port: port, afresh: options.resolvesAfresh) { found in
      switch found {
      case .success(let addresses): self.tryNext(addresses[...])
      case .failure(let error): self.finish(.failure(error))
      }
    }
  }

  /// Gives up; nothing is reported.
  package func cancel() {
    completion = nil
    attempt?.cancel()
    attempt = nil
  }

  private func tryNext(_ addresses: ArraySlice<SocketAddress>) {
    guard completion != nil else { return }
    guard let address = addresses.first else {
      finish(.failure(summary()))
      return
    }
    attempt = TCPConnect(to: address, timeout: options.timeout, silenceLimit: options.silenceLimit) { result in
      self.attempt = nil
      switch result {
      case .success(let stream): self.finish(.success(stream))
      case .failure(let error):
        self.failures.append(error)
        self.tryNext(addresses.dropFirst())
      }
    }
  }

  private func finish(_ result: Result<TCPStream, SocketError>) {
    let completion = completion
    self.completion = nil
    completion?(result)
  }

  private func summary() -> SocketError {
    guard let first = failures.first else {
      return SocketError("connect to \(host):\(port)", detail: "the name has no address")
    }
    guard failures.count > 1 else { return first }
    var combined = first
    combined.operation = "connect to \(host):\(port)"
    combined.detail = failures.map { "\($0.operation.dropFirst("connect to ".count)) \($0.detail)" }
      .joined(separator: ", ")
    return combined
  }
}

extension TCPStream {
  /// Connects to a host, trying all its addresses. Call `start` on the stream to begin to read.
  package static func connect(
    host: String, port: UInt16, options: TCPConnector.Options = .init()
  ) async throws(SocketError) -> TCPStream {
    let result = await suspendOnLoop { continuation in
      _ = TCPConnector(host: host, port: port, options: options) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }
}
