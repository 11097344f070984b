import CLinux
import Glibc

/// A listening TCP socket.
@LoopActor
package final class TCPListener {
  /// Connections accepted per turn at most.
  private static let budget = 64
  /// Seconds after which a client whose machine is gone is noticed. One that merely does not read may take its time.
  private static let silenceLimit: Int32 = 120
  /// How long it rests when the process has no descriptor left.
  private static let rest = Duration.milliseconds(100)

  /// Where it listens; with the port that the system chose when 0 was asked for.
  package let address: SocketAddress
  private let fd: Int32
  private var id: PollID?
  private let accepted: @LoopActor (TCPStream) -> Void

  /// Listens on a numeric address or "localhost"; port 0 lets the system choose. `accepted` gets streams that are not
  /// yet started.
  package init(
    host: String, port: UInt16, backlog: Int32 = 1024, _ accepted: @escaping @LoopActor (TCPStream) -> Void
  ) throws(SocketError) {
    guard let wanted = SocketAddress(numericHost: host, port: port) else {
      throw SocketError("listen on \(host):\(port)", detail: "an IP address is needed")
    }
    let fd = wanted.withSockaddr { clinux_tcp_listen($0, $1, backlog) }
    guard fd >= 0 else { throw SocketError("listen on \(wanted)", code: -fd) }
    var storage = sockaddr_storage()
    var length = socklen_t()
    clinux_local_address(fd, &storage, &length)
    self.fd = fd
    self.accepted = accepted
    address = SocketAddress(storage) ?? wanted
    id = try EventLoop.shared.reactor.poller.add(fd, events: Ready.input, self)
  }

  package var port: UInt16 { address.port }

  /// Stops listening; accepted connections stay.
  package func close() {
    guard let id else { return }
    EventLoop.shared.reactor.poller.remove(fd, id: id)
    self.id = nil
    Glibc.close(fd)
  }

  private func pause() {
    guard let id else { return }
    EventLoop.shared.reactor.poller.change(fd, id: id, events: 0)
    EventLoop.shared.schedule(after: Self.rest) {
      guard let id = self.id else { return }
      EventLoop.shared.reactor.poller.change(self.fd, id: id, events: Ready.input)
    }
  }
}

extension TCPListener: PollHandler {
  func pollReady(_ events: UInt32) {
    for _ in 0..<Self.budget where id != nil {
      var storage = sockaddr_storage()
      var length = socklen_t()
      let accepted = clinux_accept(fd, &storage, &length)
      guard accepted >= 0 else {
        // Anything but "nobody there" would be reported again in every turn.
        if accepted != -EAGAIN { pause() }
        return
      }
      clinux_tcp_options(accepted, Self.silenceLimit, 1)
      let peer = SocketAddress(storage) ?? SocketAddress(host: .v4(0), port: 0)
      self.accepted(TCPStream(adopting: accepted, peer: peer))
    }
  }
}
