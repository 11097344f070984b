/// Matches words with parameters, one word at a time; typed values are none of its business.
///
/// Options and positional words may be mixed freely, `--` ends the options, long names may be shortened as long as they
/// stay unique and be written with hyphens, one-letter flags may be joined (`-ad`), and a one-letter option may be joined
/// with its value (`-p8`). Completion and hints use it too, and ignore its errors.
struct ArgumentScanner {
  /// A word (empty for a flag without one) for the parameter at `index`.
  struct Binding: Equatable {
    var index: Int
    var word: [UInt8]
    var spelling: String
  }

  let parameters: [ParameterDescription]
  private(set) var bindings: [Binding] = []
  /// The option whose value is the next word, and how it was spelled.
  private(set) var pending: (index: Int, spelling: String)?
  private(set) var optionsEnded = false
  /// Whether `--help` was among the words.
  private(set) var wantsHelp = false
  private var positionalCount = 0
  private let positionals: [Int]
  private let hasOptions: Bool
  private let takesUnknownOptions: Bool

  init(_ parameters: [ParameterDescription]) {
    self.parameters = parameters
    positionals = parameters.indices.filter { parameters[$0].isPositional }
    hasOptions = positionals.count < parameters.count
    takesUnknownOptions = parameters.contains { $0.takesUnknownOptions }
  }

  /// The parameter that the next positional word fills; nil when there is no place left.
  var nextPositional: Int? {
    if positionalCount < positionals.count { return positionals[positionalCount] }
    guard let last = positionals.last, parameters[last].isRest else { return nil }
    return last
  }

  func isUsed(_ index: Int) -> Bool { bindings.contains { $0.index == index } }

  /// Takes one word.
  mutating func add(_ token: Token) throws(UsageError) {
    if let (index, spelling) = pending {
      pending = nil
      bindings.append(Binding(index: index, word: token.bytes, spelling: spelling))
      return
    }
    let bytes = token.bytes
    guard !optionsEnded, bytes.count > 1, bytes[0] == UInt8(ascii: "-") else { return try positional(token) }
    if bytes == Array("--".utf8), !token.isQuoted {
      optionsEnded = true
      return
    }
    if bytes == Array("--help".utf8), !token.isQuoted, hasOptions || positionalCount == 0 {
      wantsHelp = true
      return
    }
    // A command without options takes every word as it is, as in `set k s -x`.
    guard hasOptions else { return try positional(token) }
    let isLong = bytes[1] == UInt8(ascii: "-")
    if isLong ? try long(token) : try short(token) { return }
    if token.isQuoted || takesUnknownOptions || Self.isNumber(bytes) { return try positional(token) }
    throw unknownOption(token)
  }

  /// Checks that nothing is missing.
  func finish() throws(UsageError) {
    if let (index, spelling) = pending {
      throw UsageError("\(spelling) needs a value: \(parameters[index].valueName)", kind: .missingValue)
    }
    for (index, parameter) in parameters.enumerated() where parameter.isRequired {
      let count = bindings.count { $0.index == index }
      if case .rest(let minimum) = parameter.role {
        if count < minimum { throw missing(parameter) }
      } else if count == 0 {
        throw missing(parameter)
      }
    }
    var groups: [String: Binding] = [:]
    for binding in bindings {
      guard let group = parameters[binding.index].exclusionGroup else { continue }
      if let other = groups[group], other.index != binding.index {
        throw UsageError("\(other.spelling) and \(binding.spelling) exclude each other", kind: .conflict)
      }
      groups[group] = binding
    }
  }

  private func missing(_ parameter: ParameterDescription) -> UsageError {
    UsageError("missing \(parameter.displayName)", kind: .missingParameter)
  }

  private mutating func positional(_ token: Token) throws(UsageError) {
    guard let index = nextPositional else {
      let places =
        positionals.isEmpty
        ? "no arguments are" : "only \(positionals.count) argument\(positionals.count == 1 ? " is" : "s are")"
      throw UsageError(
        "unexpected argument '\(ByteEscaping.escape(token.bytes))': \(places) taken", kind: .unexpectedArgument)
    }
    positionalCount += 1
    bindings.append(Binding(index: index, word: token.bytes, spelling: parameters[index].displayName))
  }

  /// `--name`, `--name=value`; false when no such option is declared.
  private mutating func long(_ token: Token) throws(UsageError) -> Bool {
    let bytes = token.bytes
    let equals = bytes.firstIndex(of: UInt8(ascii: "="))
    let typed = String(decoding: bytes[..<(equals ?? bytes.count)], as: UTF8.self)
    guard let index = try longIndex(typed) else { return false }
    let value = equals.map { Array(bytes[($0 + 1)...]) }
    if parameters[index].role == .flag {
      bindings.append(Binding(index: index, word: value ?? [], spelling: typed))
      if let value, value.isEmpty { throw UsageError("\(typed)= needs true or false", kind: .missingValue) }
    } else if let value {
      bindings.append(Binding(index: index, word: value, spelling: typed))
    } else {
      pending = (index, typed)
    }
    return true
  }

  /// The parameter with that long name, or the only one whose name begins so.
  private func longIndex(_ typed: String) throws(UsageError) -> Int? {
    let wanted = Self.normalized(typed)
    var matches: [(index: Int, name: String)] = []
    for (index, parameter) in parameters.enumerated() {
      for name in parameter.longNames {
        let candidate = Self.normalized(name)
        if candidate == wanted { return index }
        if candidate.hasPrefix(wanted), matches.last?.index != index { matches.append((index, name)) }
      }
    }
    guard wanted.utf8.count > 2, let first = matches.first else { return nil }
    guard matches.count == 1 else {
      let names = matches.map(\.name).joined(separator: ", ")
      throw UsageError("\(typed) is ambiguous: \(names)", kind: .ambiguousOption)
    }
    return first.index
  }

  /// `-x`, `-xyz` (flags), `-xvalue`; false when the first letter is not declared.
  private mutating func short(_ token: Token) throws(UsageError) -> Bool {
    let bytes = token.bytes
    var added: [Binding] = []
    for (offset, byte) in bytes.enumerated().dropFirst() {
      let spelling = "-" + String(decoding: [byte], as: UTF8.self)
      guard let index = parameters.firstIndex(where: { $0.names.contains(spelling) }) else {
        if offset == 1 || token.isQuoted || takesUnknownOptions { return false }
        throw UsageError(
          "unknown option \(spelling) in \(ByteEscaping.escape(bytes))", kind: .unknownOption)
      }
      if parameters[index].role == .flag {
        added.append(Binding(index: index, word: [], spelling: spelling))
        continue
      }
      if offset + 1 < bytes.count {
        added.append(Binding(index: index, word: Array(bytes[(offset + 1)...]), spelling: spelling))
      } else {
        pending = (index, spelling)
      }
      break
    }
    bindings += added
    return true
  }

  private func unknownOption(_ token: Token) -> UsageError {
    let typed = ByteEscaping.escape(token.bytes.prefix { $0 != UInt8(ascii: "=") })
    let isLong = typed.hasPrefix("--")
    let names = isLong ? parameters.filter { !$0.isHidden }.flatMap(\.longNames) + ["--help"] : []
    return UsageError(
      "unknown option \(typed)", kind: .unknownOption, suggestion: EditDistance.nearest(to: typed, among: names))
  }

  static func normalized(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

  /// `-3`, `-0.5`, `-.5`: a negative number, which is no option unless one of that letter is declared.
  private static func isNumber(_ bytes: [UInt8]) -> Bool {
    let rest = bytes.dropFirst()
    guard let first = rest.first else { return false }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    return isDigit(first) || (first == UInt8(ascii: ".") && rest.dropFirst().first.map(isDigit) == true)
  }
}
