package import JSON

/// A JSON file that Pegasus' servers keep beside tables on a storage service.
package protocol StoredDocument: Equatable, Sendable {
  /// The file's name.
  static var fileName: String { get }
  /// Every key that a server of 2.6 writes, in its order.
  static var keys: [String] { get }
  /// From the members of the file's object. Throws `DocumentError`.
  init(_ fields: StoredFields) throws(DocumentError)
  /// The members in the servers' order.
  var json: JSONValue { get }
}

extension StoredDocument {
  /// Reads a file as servers of 2.0–2.6 do: it is taken when every expected key is there, or when every key that is there
  /// is a known one. NUL bytes behind the text, which some storage services add, are cut. Throws `DocumentError`.
  package init(contents: [UInt8]) throws(DocumentError) {
    let text = StoredText.trimmed(contents)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(text)
    } catch {
      throw DocumentError(Self.fileName, "\(error)")
    }
    try self.init(try StoredFields(value, document: Self.fileName, keys: Self.keys))
  }

  /// The bytes of the file, as a server writes them: one line, no blanks.
  package var contents: [UInt8] {
    var out: [UInt8] = []
    json.append(to: &out)
    return out
  }
}

/// Text files of storage services.
package enum StoredText {
  /// Without blanks, line ends and NUL bytes at the end.
  package static func trimmed(_ contents: [UInt8]) -> ArraySlice<UInt8> {
    let end = contents.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
    return contents[..<end]
  }

  /// What a terminal would obey rather than show.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }

  /// A text of unknown origin for a person: without anything that a terminal would obey, and not longer than `limit`
  /// characters.
  package static func shown(_ text: String, limit: Int = 400) -> String {
    var out = ""
    for scalar in text.prefix(limit).unicodeScalars {
      if isControl(scalar) {
        out += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
