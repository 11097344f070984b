/// What can be offered for a parameter's value when Tab is pressed.
package enum CompletionKind: Hashable, Sendable {
  case none
  case cluster
  case table
  case file
  case directory
  case command
  case node
  case appEnv
  /// A fixed list of words.
  case values([String])
  /// Anything else that the session can list, named by the command that declares it ("job", "backup_policy", …).
  case named(String)
}

/// Everything about a parameter but its type: what parsing, usage, help, completion, hints and manuals read.
package struct ParameterDescription: Sendable, Equatable {
  package enum Role: Sendable, Equatable {
    /// One word, at its place.
    case argument
    /// All words that are left, at least `minimum` of them.
    case rest(minimum: Int)
    /// `-x value`, `-xvalue`, `--name value`, `--name=value`.
    case option
    /// `-x`, `--name`.
    case flag
  }

  package var role: Role
  /// `-x` and `--name` spellings of options and flags, in the order declared; the first long one is the main one.
  package var names: [String] = []
  /// What stands for the value: the argument's name, or the option's `num`, `str`, `file_name` …
  package var valueName: String = ""
  package var help: String = ""
  package var typeName: String = ""
  package var allowedValues: [String] = []
  /// Several parts between commas, or the option repeated.
  package var isList: Bool = false
  package var defaultText: String?
  package var isRequired: Bool = false
  package var completion: CompletionKind = .none
  /// The value must not reach the history file.
  package var isSecret: Bool = false
  /// Works, but is not shown in usage and help.
  package var isHidden: Bool = false
  /// What to use instead, for a parameter that is kept for old scripts.
  package var deprecation: String?
  /// For a rest: words that look like options but are none of the declared ones belong to it too.
  package var takesUnknownOptions: Bool = false
  /// Where an application accepts a parameter only as one of several: parameters with equal text here exclude each other.
  package var exclusionGroup: String?

  /// `--yes`, which every command that may ask has.
  static let yes = ParameterDescription(
    role: .flag, names: ["--yes"], help: "do it without a question", typeName: "Bool")

  package var isPositional: Bool {
    switch role {
    case .argument, .rest: return true
    case .option, .flag: return false
    }
  }

  package var isRest: Bool {
    if case .rest = role { return true }
    return false
  }

  package var shortNames: [String] { names.filter { !$0.hasPrefix("--") } }
  package var longNames: [String] { names.filter { $0.hasPrefix("--") } }

  /// The name for messages: `<hash_key>`, `--timeout_ms`.
  package var displayName: String {
    if isPositional { return "<\(valueName)>" }
    return longNames.first ?? names.first ?? valueName
  }

  /// The parameter in a usage line: `<hash_key>`, `[ttl_in_seconds]`, `[-t|--timeout_ms num]`.
  package var usage: String {
    switch role {
    case .argument:
      return isRequired ? "<\(valueName)>" : "[\(valueName)]"
    case .rest(let minimum):
      return minimum > 0 ? "<\(valueName)> [\(valueName)...]" : "[\(valueName)...]"
    case .option:
      let text = names.joined(separator: "|") + " " + valueName
      return isRequired ? "<\(text)>" : "[\(text)]"
    case .flag:
      return "[\(names.joined(separator: "|"))]"
    }
  }
}
