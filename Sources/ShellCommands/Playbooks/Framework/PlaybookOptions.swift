import CommandLineKit

/// What every playbook takes beside what it is made from.
struct PlaybookOptions: ParameterSet {
  static let parameters: [Parameter<Self>] =
    [
      .flag(\.isDryRun, "--dry_run", help: "show both sides, every act and how it is taken back; do nothing"),
      .flag(\.isJSON, "-j", "--json", help: "the result as JSON"),
    ] + JobOptions.parameters.nested(in: \.job)

  var isDryRun = false
  var isJSON = false
  var job = JobOptions()

  init() {}
}
