import CommandLineKit

/// The script as the input of the commands in it.
package final class BatchInput: SessionInput {
  private let script: ScriptReader

  package init(_ script: ScriptReader) { self.script = script }

  package func answer(to question: String) async -> String? { nil }

  package func followingLine(prompt: String) async -> [UInt8]? {
    (try? await script.next())?.text
  }
}
