import HTTP

/// One operation of WebHDFS, not yet bound to an address.
struct WebHDFSQuestion {
  var operation: String
  var parameters: [(name: String, value: String)]
  var method: String
  var follows: Bool
  /// Whether a file travels: it takes as long as it takes.
  var isLong: Bool
  /// Longest answer taken, in bytes.
  var limit: Int

  init(
    _ operation: String, _ parameters: [(name: String, value: String)] = [], method: String = "GET",
    follows: Bool = true, isLong: Bool = false, limit: Int = 16 << 20
  ) {
    self.operation = operation
    self.parameters = parameters
    self.method = method
    self.follows = follows
    self.isLong = isLong
    self.limit = limit
  }

  /// `path`: below the root of the file system, without a slash in front. `identity`: who asks, as a parameter.
  func call(
    address: String, path: String, identity: (name: String, value: String)?, _ options: WebHDFSBlockService.Options
  ) -> HTTPCall {
    var url = "\(address)/webhdfs/v1/\(Self.encoded(path, keepsSlashes: true))?op=\(operation)"
    for (name, value) in parameters + (identity.map { [$0] } ?? []) {
      url += "&\(name)=\(Self.encoded(value, keepsSlashes: false))"
    }
    var call = HTTPCall(method, url)
    call.followsRedirects = follows
    call.timeout = isLong ? nil : options.timeout
    call.stallTimeout = options.stallTimeout
    call.bodyLimit = limit
    return call
  }

  static func encoded(_ text: String, keepsSlashes: Bool) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.append(byte)
      case UInt8(ascii: "/") where keepsSlashes: out.append(byte)
      default: out += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
