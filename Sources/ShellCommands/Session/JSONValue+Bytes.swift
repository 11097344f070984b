import CommandLineKit
package import JSON

extension JSONValue {
  /// A byte string: text when it is printable UTF-8, otherwise `{"escaped": "…"}` with the shell's own `\xHH` form.
  package static func bytes(_ bytes: [UInt8]) -> JSONValue {
    if let text = plainText(bytes) { return .string(text) }
    return .object([JSONMember("escaped", .string(ByteEscaping.escape(bytes)))])
  }
}

extension JSONObject {
  /// Adds a byte string: under `name` when it is printable text, else escaped under `<name>_escaped`.
  package mutating func add(bytes: [UInt8], as name: String) {
    if let text = JSONValue.plainText(bytes) {
      self[name] = .string(text)
    } else {
      self[name + "_escaped"] = .string(ByteEscaping.escape(bytes))
    }
  }
}
