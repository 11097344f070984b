internal import PegasusProtocol

/// What can be asked of a partition.
enum DataOperation {
  case put, multiPut, remove, multiRemove, incr, checkAndSet, checkAndMutate, duplicate
  case get, ttl, multiGet, batchGet, sortkeyCount, getScanner, scan, clearScanner

  init?(_ code: RPCCode) {
    switch code {
    case .put: self = .put
    case .multiPut: self = .multiPut
    case .remove: self = .remove
    case .multiRemove: self = .multiRemove
    case .incr: self = .incr
    case .checkAndSet: self = .checkAndSet
    case .checkAndMutate: self = .checkAndMutate
    case .duplicate: self = .duplicate
    case .get: self = .get
    case .ttl: self = .ttl
    case .multiGet: self = .multiGet
    case .batchGet: self = .batchGet
    case .sortkeyCount: self = .sortkeyCount
    case .getScanner: self = .getScanner
    case .scan: self = .scan
    case .clearScanner: self = .clearScanner
    default: return nil
    }
  }

  var isWrite: Bool {
    switch self {
    case .put, .multiPut, .remove, .multiRemove, .incr, .checkAndSet, .checkAndMutate, .duplicate: true
    default: false
    }
  }

  /// A write that does not look at what is there, or sees to it itself.
  var isBlind: Bool {
    switch self {
    case .put, .multiPut, .remove, .multiRemove, .duplicate, .scan, .clearScanner: true
    default: false
    }
  }
}

extension RequestEnvelope {
  /// Bytes of the body as the server's size limit counts them, with the message envelope of THFT.
  var bodyLength: Int {
    let argument = frameLength - bodyOffset
    if case .native = framing { return argument }
    let name =
      switch method {
      case .known(let code): code.name.utf8CodeUnitCount
      case .other(let name): name.utf8.count
      }
    return argument + 12 + name
  }
}
