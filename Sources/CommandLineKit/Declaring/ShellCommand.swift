/// A value whose properties are filled from words of a command line: a command, a set of options shared by several
/// commands, or the options of a program.
package protocol ParameterSet: Sendable {
  /// The parameters, in the order in which usage and help show them; positional ones in the order in which they are typed.
  static var parameters: [Parameter<Self>] { get }

  /// The defaults.
  init()

  /// Checks what no single parameter can check; throw `UsageError(…)` with what to give instead.
  func validate() throws(UsageError)
}

extension ParameterSet {
  package func validate() throws(UsageError) {}
}

/// What running a command does to a cluster: decides about confirmation.
package enum CommandEffect: String, Sendable, CaseIterable {
  /// Changes nothing anywhere but in this session.
  case local
  /// Asks a cluster.
  case reads
  /// Changes a cluster in a way that can be taken back or that adds only.
  case writes
  /// Removes or overwrites what cannot be brought back by a command.
  case destroys
}

/// A line to type and what it does, for help and the manual.
package struct CommandExample: Sendable, Equatable {
  package var line: String
  package var explanation: String

  package init(_ line: String, _ explanation: String) {
    self.line = line
    self.explanation = explanation
  }
}

/// A command of the shell: one declaration that drives parsing, usage, help, completion, hints and the manual.
///
///     struct Use: ShellCommand {
///       static let name = "use"
///       static let summary = "choose the table that data commands work on"
///       static let group = "Session"
///       static let effect = CommandEffect.local
///       static let parameters: [Parameter<Self>] = [
///         .argument(\.table, "app_name", help: "the table; shows the current one when left out", completion: .table)
///       ]
///       static let examples = [CommandExample("use temp", "work on the table temp from now on")]
///       var table: String?
///       @LoopActor func run(in session: Session) async throws { … }
///     }
///
/// `run` inherits the isolation of its caller. A conforming type may isolate its own `run` to any global actor, as above;
/// that needs a `Sendable` context, which every actor-isolated class is.
package protocol ShellCommand: ParameterSet {
  associatedtype Context: Sendable

  static var name: String { get }
  /// Other names by which the command can be run; not listed in the overview.
  static var aliases: [String] { get }
  /// One line without a full stop, beginning in lower case.
  static var summary: String { get }
  /// What help shows below the summary; paragraphs are separated by empty lines.
  static var discussion: String { get }
  static var effect: CommandEffect { get }
  /// The heading under which the overview lists it.
  static var group: String { get }
  static var examples: [CommandExample] { get }
  /// Stands in the usage line for what the parameter table would say, where that would be unreadable.
  static var usageOverride: String? { get }
  /// Whether it may ask before it goes on, so that `--yes` among its words makes sense.
  static var mayAsk: Bool { get }

  nonisolated(nonsending) func run(in context: Context) async throws
}

extension ShellCommand {
  package static var aliases: [String] { [] }
  package static var discussion: String { "" }
  package static var examples: [CommandExample] { [] }
  package static var parameters: [Parameter<Self>] { [] }
  package static var usageOverride: String? { nil }
  package static var mayAsk: Bool { false }
}
