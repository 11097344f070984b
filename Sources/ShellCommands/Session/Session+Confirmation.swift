package import Configuration
package import CommandLineKit
import EventLoop
import Terminal

extension Session {
  /// Asks before something that matters, by its effect and the cluster's role: on a production cluster everything that
  /// writes asks at the prompt and what destroys wants a name typed; elsewhere only what destroys asks. A script was
  /// written on purpose: it is held back only from destroying where the configuration itself says `role = production`.
  ///
  /// - Parameters:
  ///   - question: "Drop table 'temp' of cluster 'A'?"
  ///   - cluster: the one that is changed; nil for the current one
  ///   - name: what has to be typed on a production cluster; nil asks for yes
  /// - Throws: `ShellError` with status `refused` when the answer is not yes, or when nobody can answer and `--yes` was
  ///   not given
  package func requireConfirmation(
    _ question: String, effect: CommandEffect, on cluster: ClusterDefinition? = nil, typed name: String? = nil
  ) async throws {
    let changed = cluster ?? definition
    let isProduction = changed?.role == .production
    guard effect == .destroys || (effect == .writes && isProduction && options.isInteractive) else { return }
    guard options.isInteractive || (isProduction && changed?.statesRole == true) else { return }
    try await requireConsent(question, typed: isProduction && effect == .destroys ? name : nil)
  }

  /// Asks in any case: at the prompt, and in a script for `--yes`.
  ///
  /// - Parameter name: what has to be typed; nil asks for yes
  /// - Throws: as `requireConfirmation`
  package func requireConsent(_ question: String, typed name: String? = nil) async throws {
    output.flush()
    let input = input
    let confirmation = ConfirmationPrompt(isInteractive: options.isInteractive, assumesYes: assumesYes) {
      await input.answer(to: $0)
    }
    do throws(ConfirmationError) {
      try await confirmation.require(question, level: name.map { .typed($0) } ?? .yesOrNo)
    } catch {
      try Task.checkCancellation()
      throw ShellError(error.description, status: .refused)
    }
  }

  /// The next line of the input in which the command stands, as `check_and_mutate` reads its mutations; works at the
  /// prompt and in scripts. nil at the end of the input.
  ///
  /// - Throws: `CancellationError` when the command is interrupted meanwhile
  package func readFollowingLine(prompt: String = ">>> ") async throws -> [UInt8]? {
    output.flush()
    let line = await input.followingLine(prompt: prompt)
    try Task.checkCancellation()
    return line
  }
}
