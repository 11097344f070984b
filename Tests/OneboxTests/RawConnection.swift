import EventLoop
import Glibc

/// A connection for bytes that no client would send.
enum RawConnection {
  struct Outcome: Equatable {
    var received: [UInt8]
    /// True when the server ended the connection.
    var isClosed: Bool
  }

  /// Sends the bytes and collects what comes until the connection ends, `enough` bytes are there, or nothing has come for
  /// `patience` milliseconds.
  static func exchange(
    port: UInt16, _ bytes: [UInt8], enough: Int = .max, patience: Int32 = 150
  ) async -> Outcome {
    await BlockingPool.run {
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let connected = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard connected == 0 else { return Outcome(received: [], isClosed: true) }
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          send(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { break }
        sent += count
      }
      var outcome = Outcome(received: [], isClosed: false)
      var chunk = [UInt8](repeating: 0, count: 65536)
      while outcome.received.count < enough {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&poll, 1, patience) > 0 else { return outcome }
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else {
          outcome.isClosed = true
          return outcome
        }
        outcome.received += chunk[..<count]
      }
      return outcome
    }
  }
}
