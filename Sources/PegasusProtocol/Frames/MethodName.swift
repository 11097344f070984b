import Bytes

/// The name of an RPC as a frame carries it: one of the catalogue costs no string.
package enum MethodName: Hashable, Sendable, CustomStringConvertible {
  case known(RPCCode)
  case other(String)

  /// What servers keep of a name: more is cut off.
  package static let longest = 47

  package init(_ bytes: RawSpan) {
    if let code = RPCCode(name: bytes) {
      self = .known(code)
    } else {
      let kept = bytes.extracting(first: Self.longest)
      self = .other(kept.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
  }

  package var code: RPCCode? {
    if case .known(let code) = self { code } else { nil }
  }

  package var description: String {
    switch self {
    case .known(let code): code.name.description
    case .other(let name): name
    }
  }
}

extension RPCCode {
  /// Codes by the length of their names: few share one.
  private static let byLength: [[RPCCode]] = {
    var lists = [[RPCCode]](repeating: [], count: MethodName.longest + 1)
    for code in RPCCode.allCases { lists[code.name.utf8CodeUnitCount].append(code) }
    return lists
  }()

  /// The code with this name; nil when the catalogue has none.
  package init?(name: RawSpan) {
    guard name.byteCount <= MethodName.longest else { return nil }
    for code in Self.byLength[name.byteCount] where name.isEqual(to: code.name) {
      self = code
      return
    }
    return nil
  }
}

extension RawSpan {
  func isEqual(to literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard byteCount == count else { return false }
    let start = literal.utf8Start
    // The last bytes differ most among names of one length.
    var index = count - 1
    while index >= 0 {
      if unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self) != start[index] { return false }
      index -= 1
    }
    return true
  }
}
