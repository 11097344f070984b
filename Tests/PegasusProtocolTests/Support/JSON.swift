import Bytes
import Foundation

/// A JSON value, as the vectors hold them.
enum JSON: Decodable, Equatable {
  case null
  case bool(Bool)
  case number(Int64)
  case real(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .number(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  subscript(_ key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .null } else { .null }
  }

  var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  var number: Int64? {
    if case .number(let value) = self { value } else { nil }
  }

  var list: [JSON] {
    if case .list(let values) = self { values } else { [] }
  }

  /// The bytes of a hex string.
  var bytes: [UInt8]? { text.flatMap(Hex.decode) }

  static func load(_ name: String) throws -> JSON {
    guard let url = Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Vectors") else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try JSONDecoder().decode(JSON.self, from: Data(contentsOf: url))
  }
}
