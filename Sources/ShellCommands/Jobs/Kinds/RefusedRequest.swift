import PegasusClient

/// Servers said no to what a step has asked them for, and did nothing: the journal shall not say that it was asked for.
struct RefusedRequest: Error {
  let shown: ShellError

  /// What to throw for an error that is shown in these words: one of these for a refusal, otherwise the words alone.
  static func told(_ error: ClientError, _ shown: ShellError) -> any Error {
    if case .refused = error.reason { return RefusedRequest(shown: shown) }
    return shown
  }
}
