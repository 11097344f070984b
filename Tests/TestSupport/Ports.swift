import EventLoop
import Glibc

/// A TCP port of 127.0.0.1 on which nobody listens now.
@LoopActor
package func freePort() throws -> UInt16 { try freePorts(1)[0] }

/// `count` different free ports, below those that the system gives to outgoing connections: between being chosen here and
/// being used, nobody takes them by accident.
///
/// A process gives each port out once until it has gone through all of them: a test that wants a port where nobody listens
/// and then starts a cluster on others never gets the same one for both.
@LoopActor
package func freePorts(_ count: Int) throws -> [UInt16] {
  var listeners: [TCPListener] = []
  defer { for listener in listeners { listener.close() } }
  var lastError: SocketError?
  for _ in 0..<1000 where listeners.count < count {
    do throws(SocketError) {
      listeners.append(try TCPListener(host: "127.0.0.1", port: PortRange.next()) { $0.close() })
    } catch {
      lastError = error
    }
  }
  if let lastError, listeners.count < count { throw lastError }
  return listeners.map(\.port)
}

/// Where the next free port is looked for. Processes that run at the same time begin far from each other.
@LoopActor
private enum PortRange {
  private static let all: Range<UInt16> = 15_000..<26_000
  private static var offset = Int(getpid()) &* 7919 % all.count

  static func next() -> UInt16 {
    offset = (offset + 1) % all.count
    return all.lowerBound + UInt16(offset)
  }
}
