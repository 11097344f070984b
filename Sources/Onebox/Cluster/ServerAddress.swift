internal import PegasusProtocol

/// One of the addresses the onebox shows.
struct ServerAddress: Sendable, Equatable {
  /// As old clients read it.
  let address: RPCAddress
  /// As clients of 2.6 read it, and in texts.
  let hostPort: HostPort
  /// `host:port`.
  let text: String

  init(options: OneboxOptions, port: UInt16) {
    self.address = RPCAddress(host: options.shownAddress, port: port) ?? RPCAddress()
    self.hostPort = HostPort(host: options.shownHost, port: port)
    self.text = "\(options.shownHost):\(port)"
  }
}
