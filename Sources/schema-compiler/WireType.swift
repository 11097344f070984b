/// A type of the IDL and what it is in Swift.
indirect enum WireType {
  case bool, byte, i32, i64, string, blob
  /// Hand-written types of the protocol: rpc_address, gpid …
  case special(String)
  /// A struct or an enumeration of the schema.
  case named(String)
  case list(WireType), set(WireType), map(WireType, WireType)

  static let specials = [
    "rpc_address": "RPCAddress", "host_port": "HostPort", "gpid": "GPID", "error_code": "ErrorCode",
    "storage_status": "StorageStatus", "pegasus_key": "PegasusKey", "hash_key": "HashKeyRequest",
    "scan_context": "ScanContext", "no_reply": "NoReply", "task_code": "TaskCode",
  ]

  init(_ text: some StringProtocol) throws {
    let text = String(text)
    switch text {
    case "bool": self = .bool
    case "byte": self = .byte
    case "i32": self = .i32
    case "i64": self = .i64
    case "string": self = .string
    case "blob": self = .blob
    case _ where Self.specials[text] != nil: self = .special(text)
    case _ where text.hasPrefix("list<"): self = .list(try WireType(text.dropFirst(5).dropLast()))
    case _ where text.hasPrefix("set<"): self = .set(try WireType(text.dropFirst(4).dropLast()))
    case _ where text.hasPrefix("map<"):
      guard let (key, value) = Substring(text.dropFirst(4).dropLast()).cut(at: ",") else {
        throw CompilerError("not a map: \(text)")
      }
      self = .map(try WireType(key), try WireType(value))
    default: self = .named(text)
    }
  }

  var swift: String {
    switch self {
    case .bool: "Bool"
    case .byte: "Int8"
    case .i32: "Int32"
    case .i64: "Int64"
    case .string: "String"
    case .blob: "[UInt8]"
    case .special(let name): Self.specials[name] ?? name
    case .named(let name): Names.type(name)
    case .list(let element): "[\(element.swift)]"
    case .set(let element): "Set<\(element.swift)>"
    case .map(let key, let value): "[\(key.swift): \(value.swift)]"
    }
  }

  /// The value of a field nobody set.
  var zero: String {
    switch self {
    case .bool: "false"
    case .byte, .i32, .i64: "0"
    case .string: "\"\""
    case .blob, .list, .set: "[]"
    case .map: "[:]"
    case .special("error_code"), .special("storage_status"): ".ok"
    case .special, .named: "\(swift)()"
    }
  }

  var isBlob: Bool {
    if case .blob = self { true } else { false }
  }

  var isBlobList: Bool {
    if case .list(.blob) = self { true } else { false }
  }

  /// Types whose absence from a message is an error.
  var isRequired: Bool {
    if case .special("pegasus_key") = self { true } else { false }
  }

  /// Schema types mentioned anywhere inside.
  var mentioned: [String] {
    switch self {
    case .named(let name): [name]
    case .list(let element), .set(let element): element.mentioned
    case .map(let key, let value): key.mentioned + value.mentioned
    default: []
    }
  }
}
