import CommandLineKit

/// A command that works as a job: its line can end in `&`, and Ctrl-Z puts it into the background instead of stopping the
/// shell.
protocol JobCommand: ShellCommand {}
