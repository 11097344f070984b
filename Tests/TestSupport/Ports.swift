import EventLoop

/// A TCP port of 127.0.0.1 on which nobody listens now.
@LoopActor
package func freePort() throws -> UInt16 {
  let listener = try TCPListener(host: "127.0.0.1", port: 0) { $0.close() }
  defer { listener.close() }
  return listener.port
}

/// `count` different free ports.
@LoopActor
package func freePorts(_ count: Int) throws -> [UInt16] {
  var listeners: [TCPListener] = []
  defer { for listener in listeners { listener.close() } }
  for _ in 0..<count {
    listeners.append(try TCPListener(host: "127.0.0.1", port: 0) { $0.close() })
  }
  return listeners.map(\.port)
}
