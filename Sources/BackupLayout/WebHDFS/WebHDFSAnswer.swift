import JSON

/// What all answers of WebHDFS have in common: one object with one member.
enum WebHDFSAnswer {
  /// The member of that name, null when there is none.
  static func json(_ contents: [UInt8], _ name: String) throws(DocumentError) -> JSONValue {
    do throws(JSONError) {
      return try JSONParser.parse(contents)[name] ?? .null
    } catch {
      throw DocumentError(name, "\(error)")
    }
  }
}
