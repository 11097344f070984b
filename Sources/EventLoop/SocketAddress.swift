import CLinux
import Glibc

/// An IPv4 or IPv6 address with a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Host: Hashable, Sendable {
    /// In host byte order: 127.0.0.1 is 0x7f000001.
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64, scope: UInt32)
  }

  package var host: Host
  package var port: UInt16

  package init(host: Host, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads "127.0.0.1", "::1", "[::1]", "localhost", and "" or "*" for every interface; nil for other names.
  package init?(numericHost text: String, port: UInt16) {
    switch text {
    case "localhost": self.init(host: .v4(0x7f00_0001), port: port)
    case "", "*": self.init(host: .v4(0), port: port)
    default:
      var text = text[...]
      if text.first == "[", text.last == "]" { text = text.dropFirst().dropLast() }
      let name = String(text)
      var four = in_addr()
      var six = in6_addr()
      if inet_pton(AF_INET, name, &four) == 1 {
        self.init(host: .v4(UInt32(bigEndian: four.s_addr)), port: port)
      } else if inet_pton(AF_INET6, name, &six) == 1 {
        self.init(host: Self.host(of: six, scope: 0), port: port)
      } else {
        return nil
      }
    }
  }

  /// From what accept, getsockname or getaddrinfo give; nil for other families.
  init?(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let four = raw.loadUnaligned(as: sockaddr_in.self)
      self.init(host: .v4(UInt32(bigEndian: four.sin_addr.s_addr)), port: UInt16(bigEndian: four.sin_port))
    case AF_INET6:
      let six = raw.loadUnaligned(as: sockaddr_in6.self)
      self.init(host: Self.host(of: six.sin6_addr, scope: six.sin6_scope_id), port: UInt16(bigEndian: six.sin6_port))
    default: return nil
    }
  }

  init?(_ storage: sockaddr_storage) {
    let address = withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0) }
    }
    guard let address else { return nil }
    self = address
  }

  private static func host(of address: in6_addr, scope: UInt32) -> Host {
    withUnsafeBytes(of: address) { bytes in
      let high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
      let low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      // An IPv4 client of a dual-stack listener.
      if high == 0, low >> 32 == 0xffff { return .v4(UInt32(truncatingIfNeeded: low)) }
      return .v6(high: high, low: low, scope: scope)
    }
  }

  var family: Int32 {
    if case .v4 = host { AF_INET } else { AF_INET6 }
  }

  func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    switch host {
    case .v4(let value):
      var four = sockaddr_in()
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      four.sin_addr.s_addr = value.bigEndian
      return withUnsafePointer(to: four) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    case .v6(let high, let low, let scope):
      var six = sockaddr_in6()
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      six.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &six.sin6_addr) { bytes in
        bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      return withUnsafePointer(to: six) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    }
  }

  /// The host alone: "127.0.0.1", "::1".
  package var hostText: String {
    switch host {
    case .v4(let value):
      return "\(value >> 24).\(value >> 16 & 0xff).\(value >> 8 & 0xff).\(value & 0xff)"
    case .v6(let high, let low, _):
      var address = in6_addr()
      withUnsafeMutableBytes(of: &address) { bytes in
        bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
        bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
      }
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
        guard let start = buffer.baseAddress,
          inet_ntop(AF_INET6, &address, start, socklen_t(buffer.count)) != nil
        else { return "?" }
        return String(cString: start)
      }
    }
  }

  package var description: String {
    if case .v4 = host { "\(hostText):\(port)" } else { "[\(hostText)]:\(port)" }
  }
}
