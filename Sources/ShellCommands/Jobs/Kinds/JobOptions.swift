import CommandLineKit

/// What every command that works as a job takes.
struct JobOptions: ParameterSet {
  static let parameters: [Parameter<Self>] = [
    .option(
      \.events, "--events", value: "file|fd",
      help:
        "also write what happens as lines of JSON, into a file or to an open descriptor; the last line is a summary",
      completion: .file)
  ]

  var events: String?

  init() {}
}
