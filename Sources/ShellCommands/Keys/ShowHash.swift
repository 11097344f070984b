import JSON
import Bytes
package import CommandLineKit
import EventLoop
import PegasusClient
import PegasusProtocol
import Terminal

/// `hash`
package struct ShowHash: ShellCommand {
  package static let name = "hash"
  package static let summary = "show the hash of a key, and its partition when a table is chosen"
  package static let group = "Keys and values"
  package static let effect = CommandEffect.reads
  package static let parameters: [Parameter<Self>] = KeyArguments.parameters.nested(in: \.words)
  package static let examples = [CommandExample("hash user_1 name", "where does this row live?")]

  package var words = KeyArguments()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let key = try words.key()
    var fields: [(String, Cell)] = [("key_hash", .unsigned(key.partitionHash))]
    var failure: (any Error)?
    if let table = session.tableName {
      do {
        let routing = try await session.table().router.refresh()
        let index = routing.index(for: key.partitionHash)
        let partition = routing.partitions[Int(index)]
        fields += [
          ("app_name", .text(table)), ("app_id", .integer(routing.appID)),
          ("partition_count", .integer(routing.count)), ("partition_index", .integer(index)),
          ("primary", .optional(partition.primary.map { "\($0)" })),
          (
            "secondaries",
            .typed(
              partition.secondaries.map { "\($0)" }.joined(separator: ","),
              .strings(partition.secondaries.map { "\($0)" }))
          ),
        ]
      } catch {
        // The hash itself needs no cluster.
        failure = error
      }
    }
    if session.output.isJSON {
      session.output.json(.object(fields.map { JSONMember($0.0, $0.1.json) }))
    } else {
      session.output.write(TextTable("", pairs: fields).text())
    }
    if let failure { throw failure }
  }
}
