import CommandLineKit
package import Copying
import EventLoop
import PegasusClient

/// The argument of `--write_mode`.
package enum WriteModeWord: String, CaseIterable, ParameterValue {
  case put
  case multiSet = "multi_set"
  case duplicate
  case auto

  /// What a word comes to for two tables.
  package struct Choice: Sendable {
    /// The options with the mode, and what belongs to it.
    package var options: CopyOptions
    /// One line: which mode, and for `auto` why.
    package var message: String
  }

  /// Looks whether the target takes the mode; changes nothing there.
  ///
  /// - Parameters:
  ///   - group: `[duplication-group]` of the configuration
  ///   - options: whatever else was asked for
  /// - Throws: `ShellError` when `duplicate` was asked for and cannot be; `ClientError` when cancelled
  @LoopActor
  func choose(
    from source: Table, to target: Table, group: [String: UInt8], _ options: CopyOptions
  ) async throws -> Choice {
    var options = options
    switch self {
    case .put:
      options.mode = .put
      return Choice(options: options, message: "write_mode = put")
    case .multiSet:
      options.mode = .multiSet
      return Choice(
        options: options,
        message: "write_mode = multi_set, max_multi_set_concurrency = \(options.maxMultiSetConcurrency)")
    case .duplicate, .auto: break
    }
    switch try await DuplicateCheck(source: source, target: target, group: group).run() {
    case .allowed(let id):
      options.mode = .duplicate
      options.originClusterID = id
      return Choice(options: options, message: "write_mode = duplicate, rows are marked with cluster id \(id)")
    case .refused(let reason) where self == .duplicate:
      throw ShellError(
        "the target does not take duplicated writes: \(reason)",
        advice: "'--write_mode auto' falls back to what it takes", status: .refused)
    case .refused(let reason):
      options.mode = .multiSet
      return Choice(options: options, message: "write_mode = multi_set, since duplicate cannot be used: \(reason)")
    }
  }
}
