package import CommandLineKit

/// A command that works as a job: it can end in `&`, and Ctrl-Z puts it into the background.
package protocol JobCommand: ShellCommand {
  /// Where its events go.
  var job: JobOptions { get }
}
