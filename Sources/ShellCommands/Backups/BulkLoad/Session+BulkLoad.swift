import JSON
import EventLoop
import PegasusClient
import PegasusProtocol

extension Session {
  /// Sends a control and says what came of it.
  ///
  /// - Parameters:
  ///   - verb: "pause"
  ///   - advice: what to do when the servers refuse it
  func controlBulkLoad(
    _ control: BulkLoadControlType, _ table: String, verb: String, advice: (ErrorCode) -> String
  ) async throws {
    do {
      let hint = try await cluster().controlBulkLoad(control, table: table)
      tell(
        "\(verb) bulk load succeed",
        ["app_name": .string(table), "result": .string("\(verb) bulk load succeed"), "hint": .string(hint)])
    } catch let error as ClientError {
      var shown = BulkLoadRefusal.renamed(error, "\(verb) bulk load failed")
      if let code = error.code {
        let text = code == .inactiveState ? "table '\(table)' is not being loaded" : advice(code)
        if !text.isEmpty { shown.advice = text }
      }
      throw shown
    }
  }
}
