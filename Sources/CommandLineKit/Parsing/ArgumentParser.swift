/// Fills a parameter set from words.
package enum ArgumentParser {
  /// What came of parsing.
  package enum Outcome<Value: ParameterSet>: Sendable {
    /// The filled value, and remarks to show (deprecated options).
    case value(Value, warnings: [String])
    /// `--help` was among the words.
    case help
  }

  /// Parses the words after the command's name. The error names the parameter but has no usage line yet.
  package static func parse<Value: ParameterSet>(
    _ type: Value.Type, _ tokens: some Sequence<Token>
  ) throws(UsageError) -> Outcome<Value> {
    let parameters = Value.parameters
    var scanner = ArgumentScanner(parameters.map(\.description))
    for token in tokens {
      try scanner.add(token)
      if scanner.wantsHelp { return .help }
    }
    try scanner.finish()
    var value = Value()
    var seen: Set<Int> = []
    var warnings: [String] = []
    for binding in scanner.bindings {
      let parameter = parameters[binding.index]
      let isFirst = seen.insert(binding.index).inserted
      do {
        try parameter.assign(&value, binding.word, isFirst)
      } catch {
        let word = parameter.description.isSecret ? "the value" : "'\(ByteEscaping.escape(binding.word))'"
        throw UsageError(
          "\(word) is not a valid \(binding.spelling): \(error.message)", kind: .invalidValue,
          suggestion: EditDistance.nearest(
            to: String(decoding: binding.word, as: UTF8.self), among: parameter.description.allowedValues))
      }
      if isFirst, let instead = parameter.description.deprecation {
        warnings.append("\(binding.spelling) is deprecated: \(instead)")
      }
    }
    try value.validate()
    return .value(value, warnings: warnings)
  }

  /// The parameters of a type with the defaults filled in.
  package static func descriptions<Value: ParameterSet>(of type: Value.Type) -> [ParameterDescription] {
    let defaults = Value()
    return Value.parameters.map { parameter in
      var description = parameter.description
      description.defaultText = parameter.currentDefault(defaults)
      return description
    }
  }

  /// `[-a|--all] <table>`: the parameters of a type as one line.
  package static func usage<Value: ParameterSet>(of type: Value.Type) -> String {
    Value.parameters.lazy.map(\.description).filter { !$0.isHidden }.map(\.usage).joined(separator: " ")
  }
}
