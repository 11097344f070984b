/// How a run of the shell was asked to behave.
package struct SessionOptions: Sendable {
  /// Results as JSON documents, whatever a command's own `-j` says.
  package var isJSON = false
  /// Confirmations are taken as given.
  package var assumesYes = false
  /// Somebody sits in front of it: standard input and standard error are terminals.
  package var isInteractive = false
  /// Single keys can be read while a job is shown: standard input is a terminal, and no script.
  package var readsKeys = false
  /// Colour on standard output.
  package var usesColor = false
  /// A script goes on after a failed command.
  package var keepsGoing = false

  package init() {}
}
