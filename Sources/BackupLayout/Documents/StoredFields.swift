package import JSON

/// The members of a stored object. A key that is missing where that is allowed has its type's empty value.
package struct StoredFields: Sendable {
  private let document: String
  private let value: JSONValue

  /// Throws `DocumentError` when `value` is no object, or lacks a key and has one that is not in `keys`.
  package init(_ value: JSONValue, document: String, keys: [String]) throws(DocumentError) {
    guard case .object(let members) = value else { throw DocumentError(document, "a JSON object is expected") }
    if let missing = keys.first(where: { value[$0] == nil }),
      let unknown = members.first(where: { !keys.contains($0.key) })
    {
      throw DocumentError(document, "'\(missing)' is missing, and '\(unknown.key)' is not known")
    }
    self.document = document
    self.value = value
  }

  /// An integer that fits.
  package func integer<Integer: FixedWidthInteger>(
    _ key: String, _: Integer.Type = Integer.self
  ) throws(DocumentError) -> Integer {
    switch value[key] {
    case nil: return 0
    case .integer(let number):
      if let exact = Integer(exactly: number) { return exact }
    case .unsigned(let number):
      if let exact = Integer(exactly: number) { return exact }
    default: break
    }
    throw DocumentError(document, "'\(key)' is not an integer in range")
  }

  /// A number other than 0, or true.
  package func flag(_ key: String) throws(DocumentError) -> Bool {
    switch value[key] {
    case nil: return false
    case .bool(let flag): return flag
    case .integer(let number): return number != 0
    default: throw DocumentError(document, "'\(key)' is not 0 or 1")
    }
  }

  package func string(_ key: String) throws(DocumentError) -> String {
    guard let member = value[key] else { return "" }
    guard let text = member.text else { throw DocumentError(document, "'\(key)' is not a text") }
    return text
  }

  package func array(_ key: String) throws(DocumentError) -> [JSONValue] {
    switch value[key] {
    case nil: return []
    case .array(let elements): return elements
    default: throw DocumentError(document, "'\(key)' is not a list")
    }
  }

  package func members(_ key: String) throws(DocumentError) -> [JSONMember] {
    switch value[key] {
    case nil: return []
    case .object(let members): return members
    default: throw DocumentError(document, "'\(key)' is not an object")
    }
  }

  /// A list of files.
  package func files(_ key: String) throws(DocumentError) -> [FileRecord] {
    var files: [FileRecord] = []
    for element in try array(key) {
      files.append(try FileRecord(try StoredFields(element, document: document, keys: FileRecord.keys)))
    }
    return files
  }

  /// A list of integers.
  package func integers(_ key: String) throws(DocumentError) -> [Int32] {
    var numbers: [Int32] = []
    for element in try array(key) {
      guard case .integer(let number) = element, let exact = Int32(exactly: number) else {
        throw DocumentError(document, "'\(key)' holds something other than integers")
      }
      numbers.append(exact)
    }
    return numbers
  }
}
