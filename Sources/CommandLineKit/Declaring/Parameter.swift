/// One parameter of the command `Owner`: how it is spelled and which property it fills.
///
///     struct SetTimeout: ShellCommand {
///       static let parameters: [Parameter<Self>] = [
///         .argument(\.table, "app_name", help: "the table", completion: .table),
///         .option(\.timeout, "-t", "--timeout_ms", value: "num", help: "time limit of one call, in milliseconds"),
///         .flag(\.isDetailed, "-d", "--detailed", help: "one line for each partition"),
///       ]
///       var table = ""
///       var timeout = 5000
///       var isDetailed = false
///
/// The property's type decides what is accepted, its initial value is the default that help shows, and an optional or
/// array property makes an argument optional. Any number of `-x` and `--name` spellings can be given; long names are
/// written with underscores and accepted with hyphens too.
package struct Parameter<Owner>: Sendable {
  package var description: ParameterDescription
  let assign: @Sendable (_ owner: inout Owner, _ word: [UInt8], _ isFirst: Bool) throws(ParameterError) -> Void
  let currentDefault: @Sendable (Owner) -> String?

  /// A word at its place. `isRequired` is the opposite of "the property is optional or an array" unless given.
  package static func argument<Value: ParameterValue>(
    _ property: any WritableKeyPath<Owner, Value> & Sendable, _ name: String, help: String,
    isRequired: Bool? = nil, completion: CompletionKind = .none, isSecret: Bool = false
  ) -> Parameter {
    var description = ParameterDescription(role: .argument, valueName: name, help: help)
    description.isRequired = isRequired ?? !Value.canBeLeftOut
    description.isSecret = isSecret
    return make(property, description, completion)
  }

  /// All words that are left, each parsed as an `Element`; at least `minimum` of them.
  /// With `takesUnknownOptions`, words like `-x` that the command does not declare are taken as they are.
  package static func rest<Element: ParameterValue>(
    _ property: any WritableKeyPath<Owner, [Element]> & Sendable, _ name: String, help: String, minimum: Int = 0,
    completion: CompletionKind = .none, takesUnknownOptions: Bool = false
  ) -> Parameter {
    var description = ParameterDescription(role: .rest(minimum: minimum), valueName: name, help: help)
    description.isRequired = minimum > 0
    description.takesUnknownOptions = takesUnknownOptions
    description.typeName = Element.typeName
    description.allowedValues = Element.allowedValues
    description.completion = resolved(completion, Element.allowedValues)
    return Parameter(
      description: description,
      assign: { (owner, word, isFirst) throws(ParameterError) in
        let element = try Element.parse(word)
        if isFirst { owner[keyPath: property] = [] }
        owner[keyPath: property].append(element)
      },
      currentDefault: { _ in nil })
  }

  /// An option with a value, as in `-t 5000`; `value` is the word that stands for it in the usage line.
  package static func option<Value: ParameterValue>(
    _ property: any WritableKeyPath<Owner, Value> & Sendable, _ names: String..., value: String? = nil, help: String,
    isRequired: Bool = false, completion: CompletionKind = .none, isSecret: Bool = false, isHidden: Bool = false,
    deprecated: String? = nil, exclusionGroup: String? = nil
  ) -> Parameter {
    var description = ParameterDescription(role: .option, names: names, help: help)
    let allowed = Value.allowedValues
    description.valueName = value ?? (allowed.isEmpty ? "value" : allowed.joined(separator: "|"))
    description.isRequired = isRequired
    description.isSecret = isSecret
    description.isHidden = isHidden || deprecated != nil
    description.deprecation = deprecated
    description.exclusionGroup = exclusionGroup
    return make(property, description, completion)
  }

  /// A switch without a value, as in `-d`; being given makes the property `value`.
  package static func flag(
    _ property: any WritableKeyPath<Owner, Bool> & Sendable, _ names: String..., help: String, value: Bool = true,
    isHidden: Bool = false, deprecated: String? = nil, exclusionGroup: String? = nil
  ) -> Parameter {
    var description = ParameterDescription(role: .flag, names: names, help: help)
    description.isHidden = isHidden || deprecated != nil
    description.deprecation = deprecated
    description.exclusionGroup = exclusionGroup
    return Parameter(
      description: description,
      assign: { (owner, word, _) throws(ParameterError) in
        owner[keyPath: property] = word.isEmpty ? value : (try Bool.parse(word) == value)
      },
      currentDefault: { _ in nil })
  }

  /// This parameter as one of a bigger command that holds an `Owner` in `property`.
  package func nested<Outer>(in property: any WritableKeyPath<Outer, Owner> & Sendable) -> Parameter<Outer> {
    let (assign, currentDefault) = (assign, currentDefault)
    return Parameter<Outer>(
      description: description,
      assign: { (outer, word, isFirst) throws(ParameterError) in
        try assign(&outer[keyPath: property], word, isFirst)
      },
      currentDefault: { currentDefault($0[keyPath: property]) })
  }

  private static func make<Value: ParameterValue>(
    _ property: any WritableKeyPath<Owner, Value> & Sendable, _ description: ParameterDescription,
    _ completion: CompletionKind
  ) -> Parameter {
    var description = description
    description.typeName = Value.typeName
    description.isList = Value.isList
    description.allowedValues = Value.allowedValues
    description.completion = resolved(completion, Value.allowedValues)
    return Parameter(
      description: description,
      assign: { (owner, word, isFirst) throws(ParameterError) in
        let value = try Value.parse(word)
        owner[keyPath: property] = Value.merge(owner[keyPath: property], value, isFirst: isFirst)
      },
      currentDefault: { $0[keyPath: property].defaultText })
  }

  private static func resolved(_ completion: CompletionKind, _ allowed: [String]) -> CompletionKind {
    completion == .none && !allowed.isEmpty ? .values(allowed) : completion
  }
}

extension Array {
  /// The parameters of a shared set as parameters of a command that holds the set in `property`:
  /// `static let parameters: [Parameter<Self>] = [ … ] + Filters.parameters.nested(in: \.filters)`.
  package func nested<Inner, Outer>(
    in property: any WritableKeyPath<Outer, Inner> & Sendable
  ) -> [Parameter<Outer>] where Element == Parameter<Inner> {
    map { $0.nested(in: property) }
  }
}
