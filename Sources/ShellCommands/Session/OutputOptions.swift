package import CommandLineKit
package import Terminal

/// `-j` and `-o`, as listings have them.
package struct OutputOptions: ParameterSet {
  package static let parameters: [Parameter<Self>] = [
    .option(\.file, "-o", "--output", value: "file_name", help: "write the result to this file", completion: .file),
    .flag(\.isJSON, "-j", "--json", help: "as JSON"),
  ]

  package var file: String?
  package var isJSON = false

  package init() {}
}

extension Session {
  /// Prints a sectioned result as the options say.
  ///
  /// - Throws: `ShellError` when the file cannot be written
  package func show(_ sections: [TextTable], _ options: OutputOptions) throws {
    try output.table(sections, asJSON: options.isJSON, file: options.file)
  }
}
