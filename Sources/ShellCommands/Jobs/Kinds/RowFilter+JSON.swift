import CommandLineKit
import Copying
import JSON

extension RowFilter {
  /// For a job's plan: `{"hash_key": "prefix \"user\""}`; patterns are escaped, so that any bytes come back.
  var json: JSONValue {
    var members: [JSONMember] = []
    func add(_ name: String, _ filter: PatternFilter?) {
      guard let filter else { return }
      members.append(JSONMember(name, .string("\(filter.match.rawValue) \(ByteEscaping.escape(filter.pattern))")))
    }
    add("hash_key_filter", hashKey)
    add("sort_key_filter", sortKey)
    add("value_filter", value)
    return .object(members)
  }

  /// - Throws: `ShellError` for what `json` does not write
  init(_ json: JSONValue?) throws(ShellError) {
    func filter(_ name: String) throws(ShellError) -> PatternFilter? {
      guard let value = json?[name] else { return nil }
      guard let text = value.text, let blank = text.firstIndex(of: " "),
        let match = PatternFilter.Match(rawValue: String(text[..<blank]))
      else {
        throw ShellError("the plan of the job has a \(name) that this shell does not understand", status: .refused)
      }
      return PatternFilter(match, ByteEscaping.unescape(Array(text[text.index(after: blank)...].utf8)))
    }
    self.init(
      hashKey: try filter("hash_key_filter"), sortKey: try filter("sort_key_filter"), value: try filter("value_filter"))
  }
}
