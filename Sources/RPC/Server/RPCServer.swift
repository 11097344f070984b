package import EventLoop
package import PegasusProtocol

/// A listening port that takes THFT (versions 0 and 1), RDSN and HTTP, told apart by the first bytes of a connection.
@LoopActor
package final class RPCServer {
  package struct Options: Sendable {
    /// The longest request taken; a connection that announces more is closed.
    package var frameLimit = 64 << 20
    /// A connection with more unsent answers than this is not read until they are gone.
    package var outputLimit = 32 << 20
    /// The longest HTTP request, head and body each.
    package var httpLimit = 1 << 20

    package init() {}
  }

  let handler: any RPCService
  let options: Options
  private var listener: TCPListener?
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var endsTurn = false

  /// The address in native replies: the port's own, or one set before the first request.
  package var address: RPCAddress
  package let port: UInt16
  /// Requests taken so far.
  package private(set) var requests: UInt64 = 0
  /// Connections closed because of what came over them.
  package internal(set) var rejectedConnections = 0

  /// Listens on a numeric host; port 0 lets the system choose.
  package init(
    host: String, port: UInt16, options: Options = Options(), handler: any RPCService
  ) throws(SocketError) {
    self.handler = handler
    self.options = options
    let entrance = Entrance()
    let listener = try TCPListener(host: host, port: port) { entrance.accept($0) }
    self.port = listener.port
    if case .v4(let host) = listener.address.host, host != 0 {
      address = RPCAddress(ipv4: host, port: listener.port)
    } else {
      address = RPCAddress(ipv4: 0x7f00_0001, port: listener.port)
    }
    self.listener = listener
    entrance.server = self
  }

  fileprivate func accept(_ stream: TCPStream) {
    let connection = ServerConnection(stream, server: self)
    connections[ObjectIdentifier(connection)] = connection
    connection.start()
  }

  deinit {
    let (listener, connections) = (listener, connections)
    EventLoop.shared.post {
      listener?.close()
      for connection in connections.values { connection.close() }
    }
  }

  package var connectionCount: Int { connections.count }

  /// Stops listening and closes every connection at once.
  package func close() {
    listener?.close()
    listener = nil
    let old = connections
    connections = [:]
    for connection in old.values { connection.close() }
  }

  func forget(_ connection: ServerConnection) {
    connections[ObjectIdentifier(connection)] = nil
  }

  /// Requests have been taken: the handler will be told when the turn ends.
  func noteRequests(_ count: Int) {
    requests &+= UInt64(count)
    guard !endsTurn else { return }
    endsTurn = true
    EventLoop.shared.atEndOfTurn {
      self.endsTurn = false
      self.handler.turnEnded()
    }
  }
}

/// Between the listener and the server, which is made after it and may go before it.
@LoopActor
private final class Entrance {
  weak var server: RPCServer?

  func accept(_ stream: TCPStream) {
    if let server { server.accept(stream) } else { stream.close() }
  }
}
