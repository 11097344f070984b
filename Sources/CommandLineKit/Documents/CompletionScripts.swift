/// Completion files for the user's login shell, from the same declaration as everything else.
package enum CompletionScripts {
  /// For bash: source it, or install it in `/usr/share/bash-completion/completions/`.
  package static func bash(_ program: ProgramDescription) -> String {
    let function = "_" + identifier(program.name)
    var cases = ""
    for parameter in program.parameters where parameter.role == .option && !parameter.isHidden {
      cases += "    \(parameter.names.joined(separator: "|"))) \(bashReply(parameter, program)); return ;;\n"
    }
    return """
      # bash completion for \(program.name)
      \(function)() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
        COMPREPLY=()
        case $prev in
      \(cases)  esac
        if [[ $cur == -* ]]; then
          COMPREPLY=($(compgen -W \(quote(optionNames(program).joined(separator: " "))) -- "$cur"))
        else
          COMPREPLY=($(compgen -f -- "$cur"))
        fi
      }
      complete -o filenames -F \(function) \(program.name)

      """
  }

  private static func bashReply(_ parameter: ParameterDescription, _ program: ProgramDescription) -> String {
    switch parameter.completion {
    case .file: return "COMPREPLY=($(compgen -f -- \"$cur\"))"
    case .directory: return "COMPREPLY=($(compgen -d -- \"$cur\"))"
    case .values(let list): return "COMPREPLY=($(compgen -W \(quote(list.joined(separator: " "))) -- \"$cur\"))"
    case .command:
      let names = program.commands.map(\.name).joined(separator: " ")
      return "COMPREPLY=($(compgen -W \(quote(names)) -- \"$cur\"))"
    default: return "COMPREPLY=()"
    }
  }

  /// For zsh: install it as `_<program>` in a directory of `$fpath`.
  package static func zsh(_ program: ProgramDescription) -> String {
    var lines = ["#compdef \(program.name)", "_arguments -s \\"]
    for parameter in program.parameters where !parameter.isHidden {
      let help = zshText(parameter.help)
      let action = zshAction(parameter, program)
      switch parameter.role {
      case .argument: lines.append("  \(quote(":\(zshText(parameter.valueName)):\(action)")) \\")
      case .rest: lines.append("  \(quote("*:\(zshText(parameter.valueName)):\(action)")) \\")
      case .option, .flag:
        let value = parameter.role == .flag ? "" : ":\(zshText(parameter.valueName)):\(action)"
        let exclusion = parameter.names.count > 1 ? "(\(parameter.names.joined(separator: " ")))" : ""
        for name in parameter.names { lines.append("  \(quote("\(exclusion)\(name)[\(help)]\(value)")) \\") }
      }
    }
    lines.append("  && return 0")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func zshAction(_ parameter: ParameterDescription, _ program: ProgramDescription) -> String {
    switch parameter.completion {
    case .file: return "_files"
    case .directory: return "_files -/"
    case .values(let list): return "(\(list.joined(separator: " ")))"
    case .command: return "(\(program.commands.map(\.name).joined(separator: " ")))"
    default: return " "
    }
  }

  /// For fish: install it in `~/.config/fish/completions/`.
  package static func fish(_ program: ProgramDescription) -> String {
    var lines = ["# fish completion for \(program.name)"]
    for parameter in program.parameters where !parameter.isPositional && !parameter.isHidden {
      var line = "complete -c \(program.name)"
      for name in parameter.shortNames { line += " -s \(name.dropFirst())" }
      for name in parameter.longNames { line += " -l \(name.dropFirst(2))" }
      if parameter.role == .option {
        line += " -r"
        switch parameter.completion {
        case .file, .directory: line += " -F"
        case .values(let list): line += " -f -a \(quote(list.joined(separator: " ")))"
        case .command: line += " -f -a \(quote(program.commands.map(\.name).joined(separator: " ")))"
        default: line += " -f"
        }
      }
      lines.append(line + " -d \(quote(parameter.help))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func optionNames(_ program: ProgramDescription) -> [String] {
    program.parameters.filter { !$0.isHidden && !$0.isPositional }.flatMap(\.names)
  }

  private static func identifier(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// A word in single quotes, as all three shells read it.
  private static func quote(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  private static func zshText(_ text: String) -> String {
    String(text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] })
  }
}
