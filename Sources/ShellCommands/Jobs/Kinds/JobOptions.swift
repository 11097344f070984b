package import CommandLineKit

/// What every command that works as a job takes.
package struct JobOptions: ParameterSet {
  package static let parameters: [Parameter<Self>] = [
    .option(
      \.events, "--events", value: "file|fd",
      help:
        "also write what happens as lines of JSON, into a file or to an open descriptor; the last line is a summary",
      completion: .file)
  ]

  package var events: String?

  package init() {}
}
