import JSON
import CommandLineKit
import EventLoop
import PegasusClient
import Terminal

extension Session {
  /// The name of the chosen table.
  ///
  /// - Throws: `ShellError` when none is chosen
  func chosenTable() throws -> String { try table().name }

  /// The server's own account, framed as the old shell does it.
  func show(hint: String) {
    guard !hint.isEmpty else { return }
    let frame = "============================="
    output.note("\(frame)\n\(hint.hasSuffix("\n") ? String(hint.dropLast()) : hint)\n\(frame)")
  }

  func done(_ verb: String, table: String, hint: String) {
    if output.isJSON {
      output.json(["app_name": .string(table), "result": .string("\(verb) app envs succeed"), "hint": .string(hint)])
    } else {
      output.line("\(verb) app envs succeed")
      show(hint: hint)
    }
  }
}
