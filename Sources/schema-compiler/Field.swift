/// One field: `id name: type[?] [= default] [@release] [-- meaning]`.
struct Field {
  var id: Int
  var name: String
  var type: WireType
  var isOptional: Bool
  var initial: String?
  var since: String?
  var meaning: String?

  init(_ line: String) throws {
    var rest = Substring(line)
    if let (before, after) = rest.cut(at: " -- ") {
      rest = before
      meaning = String(after)
    }
    if let (before, after) = rest.cut(at: " @") {
      rest = before
      since = String(after)
    }
    if let (before, after) = rest.cut(at: " = ") {
      rest = before
      initial = String(after)
    }
    guard let (head, type) = rest.cut(at: ": "), let (id, name) = head.cut(at: " "), let number = Int(id) else {
      throw CompilerError("not a field: \(line)")
    }
    self.id = number
    self.name = String(name)
    isOptional = type.hasSuffix("?")
    self.type = try WireType(isOptional ? type.dropLast() : type)
  }

  var swiftName: String { Names.member(name) }
  var swiftType: String { isOptional ? type.swift + "?" : type.swift }

  /// What the property starts with. An optional field with a default starts with it and is written; when a message
  /// comes without it, it is nil.
  ///
  /// `prefixes` holds what the values of each enumeration have in common.
  func swiftInitial(_ prefixes: [String: String]) -> String {
    if let initial {
      if case .named(let name) = type { return "." + Names.value(initial, prefix: prefixes[name] ?? "") }
      return initial
    }
    return isOptional ? "nil" : type.zero
  }
}

extension Substring {
  func cut(at separator: String) -> (Substring, Substring)? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(separator) {
        return (self[..<index], self[self.index(index, offsetBy: separator.count)...])
      }
      index = self.index(after: index)
    }
    return nil
  }
}
