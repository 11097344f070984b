import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol

/// `multi_get_sortkeys`: lists the sort keys of one hash key.
struct MultiGetSortKeys: ShellCommand {
  static let name = "multi_get_sortkeys"
  static let summary = "list the sort keys of one hash key"
  static let group = "Data"
  static let effect = CommandEffect.reads
  static let parameters: [Parameter<Self>] = [
    .argument(\.hashKey, "hash_key", help: "the hash key whose sort keys are listed")
  ]
  static let examples = [CommandExample("multi_get_sortkeys user42", "what rows user42 has")]

  var hashKey: [UInt8] = []

  @LoopActor func run(in session: Session) async throws {
    let reader = HashKeyReader(
      table: try session.table(), hashKey: hashKey, noValue: true, limit: session.timeout)
    var printer = RowPagePrinter(session: session, hashKey: hashKey)
    printer.showsOnlySortKeys = true
    try await printer.run(reader)
  }
}
