import CommandLineKit

/// A shell that a completion file can be had for.
package enum LoginShell: String, CaseIterable, ParameterValue {
  case bash, zsh, fish
}
