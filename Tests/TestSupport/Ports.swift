import EventLoop

/// A TCP port of 127.0.0.1 on which nobody listens now.
@LoopActor
package func freePort() throws -> UInt16 { try freePorts(1)[0] }

/// `count` different free ports, below those that the system gives to outgoing connections: between being chosen here and
/// being used, nobody takes them by accident.
@LoopActor
package func freePorts(_ count: Int) throws -> [UInt16] {
  var listeners: [TCPListener] = []
  defer { for listener in listeners { listener.close() } }
  var lastError: SocketError?
  for _ in 0..<1000 where listeners.count < count {
    do throws(SocketError) {
      listeners.append(try TCPListener(host: "127.0.0.1", port: .random(in: 15_000..<26_000)) { $0.close() })
    } catch {
      lastError = error
    }
  }
  if let lastError, listeners.count < count { throw lastError }
  return listeners.map(\.port)
}
