import CLinux
import Glibc

/// Host names to addresses. getaddrinfo blocks, so it runs off the loop; answers are kept for a few seconds.
package enum Resolver {
  private static let lifetime = Duration.seconds(10)

  private struct Entry {
    var hosts: [SocketAddress.Host]
    var end: Monotonic
  }

  @LoopActor private static var cache: [String: Entry] = [:]

  /// The addresses of `host`, in the resolver's order, never empty.
  @LoopActor
  package static func resolve(
    host: String, port: UInt16, afresh: Bool = false
  ) async throws(SocketError) -> [SocketAddress] {
    let result = await suspendOnLoop { continuation in
      lookUp(host: host, port: port, afresh: afresh) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// Calls `completion` once, in a later turn.
  @LoopActor
  static func lookUp(
    host: String, port: UInt16, afresh: Bool,
    _ completion: @escaping @LoopActor (Result<[SocketAddress], SocketError>) -> Void
  ) {
    let loop = EventLoop.shared
    if let numeric = SocketAddress(numericHost: host, port: port) {
      loop.nextTurn { completion(.success([numeric])) }
      return
    }
    if !afresh, let entry = cache[host], entry.end > loop.now {
      let addresses = entry.hosts.map { SocketAddress(host: $0, port: port) }
      loop.nextTurn { completion(.success(addresses)) }
      return
    }
    BlockingPool.submit {
      let found = query(host)
      loop.post {
        switch found {
        case .success(let hosts):
          if cache.count > 1024 { cache.removeAll() }
          cache[host] = Entry(hosts: hosts, end: loop.now + lifetime)
          completion(.success(hosts.map { SocketAddress(host: $0, port: port) }))
        case .failure(let error):
          cache[host] = nil
          completion(.failure(error))
        }
      }
    }
  }

  /// Blocks.
  private static func query(_ host: String) -> Result<[SocketAddress.Host], SocketError> {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let failure = getaddrinfo(host, nil, &hints, &list)
    guard failure == 0 else {
      return .failure(SocketError("resolve \(host)", detail: text(of: failure)))
    }
    defer { freeaddrinfo(list) }
    var hosts: [SocketAddress.Host] = []
    var next = list
    while let entry = next {
      if let raw = entry.pointee.ai_addr, let address = SocketAddress(raw), !hosts.contains(address.host) {
        hosts.append(address.host)
      }
      next = entry.pointee.ai_next
    }
    return hosts.isEmpty ? .failure(SocketError("resolve \(host)", detail: "the name has no address")) : .success(hosts)
  }

  private static func text(of failure: Int32) -> String {
    switch failure {
    case EAI_NONAME: "no such host"
    case EAI_AGAIN: "the name server does not answer"
    default: String(cString: gai_strerror(failure))
    }
  }
}
