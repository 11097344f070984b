import CLinux
import Glibc

/// One attempt to connect to one address.
@LoopActor
final class TCPConnect {
  typealias Completion = @LoopActor (Result<TCPStream, SocketError>) -> Void

  private let address: SocketAddress
  private var completion: Completion?
  private var fd: Int32 = -1
  private var id: PollID?
  private var timer: TimerID?

  /// `completion` is called once, never before `init` has returned; not at all after `cancel()`.
  init(to address: SocketAddress, timeout: Duration, silenceLimit: Duration, _ completion: @escaping Completion) {
    self.address = address
    self.completion = completion
    fd = clinux_tcp_socket(address.family)
    guard fd >= 0 else {
      failLater(-fd)
      return
    }
    clinux_tcp_options(fd, Int32(clamping: silenceLimit.components.seconds), 0)
    let result = address.withSockaddr { clinux_connect(fd, $0, $1) }
    guard result == 0 || result == -EINPROGRESS else {
      failLater(-result)
      return
    }
    do {
      id = try EventLoop.shared.reactor.poller.add(fd, events: Ready.output, self)
    } catch {
      failLater(error.code)
      return
    }
    timer = EventLoop.shared.schedule(after: timeout) { self.finish(ETIMEDOUT) }
  }

  /// Gives the attempt up.
  func cancel() {
    guard completion != nil else { return }
    completion = nil
    release()
    if fd >= 0 { close(fd) }
  }

  private func failLater(_ code: Int32) {
    EventLoop.shared.nextTurn { self.finish(code) }
  }

  private func finish(_ code: Int32) {
    guard let completion else { return }
    self.completion = nil
    release()
    guard code == 0 else {
      if fd >= 0 { close(fd) }
      completion(.failure(SocketError("connect to \(address)", code: code)))
      return
    }
    completion(.success(TCPStream(adopting: fd, peer: address)))
  }

  private func release() {
    if let timer { EventLoop.shared.cancel(timer) }
    if let id { EventLoop.shared.reactor.poller.remove(fd, id: id) }
    timer = nil
    id = nil
  }
}

extension TCPConnect: PollHandler {
  func pollReady(_ events: UInt32) {
    finish(clinux_socket_error(fd))
  }
}
