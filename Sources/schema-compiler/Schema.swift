/// Schema/pegasus.json as it is written.
struct Schema: Decodable {
  struct Family: Decodable {
    var family: String
    var enums: [Enumeration]
    var structs: [Structure]
  }

  struct Enumeration: Decodable {
    var `enum`: String
    var since: String?
    /// "NAME = 1"
    var values: [String]
  }

  struct Structure: Decodable {
    var `struct`: String
    var since: String?
    var about: String?
    var handwritten: Bool?
    /// See `Field`.
    var fields: [String]
  }

  var families: [Family]
}

/// Schema/rpc.json as it is written.
struct Catalogue: Decodable {
  struct RPC: Decodable {
    enum Kind: String, Decodable {
      case meta, server, partition
    }

    var code: String
    var kind: Kind
    var argument: String
    var result: String
    var writes: Bool?
    var idempotent: Bool?
    var since: String?
    /// The name in Swift, when it is not made from the code.
    var swift: String?
  }

  var rpcs: [RPC]
}

/// What is wrong with the schema, or with the files made from it.
struct CompilerError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}
