import JSON
import Bytes
package import CommandLineKit
import EventLoop
import PegasusProtocol
import Terminal

/// `rdb_key_hex2str`
package struct DecodeKey: ShellCommand {
  package static let name = "rdb_key_hex2str"
  package static let summary = "show the hash key and sort key of a stored key"
  package static let group = "Keys and values"
  package static let effect = CommandEffect.local
  package static let parameters: [Parameter<Self>] = [
    .argument(\.hex, "rdb_key_in_hex", help: "0x and hexadecimal digits")
  ]
  package static let examples = [CommandExample("rdb_key_hex2str 0x000268317331", "hash key \"h1\", sort key \"s1\"")]

  package var hex = ""

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let bytes = try HexArgument.bytes(hex)
    let key: PegasusKey
    do {
      key = try PegasusKey(encoded: bytes)
    } catch {
      throw ShellError("not a stored key: \(error)", status: .usage)
    }
    if session.output.isJSON {
      var object = JSONObject()
      object.add(bytes: key.hashKey, as: "hash_key")
      object.add(bytes: key.sortKey, as: "sort_key")
      session.output.json(object)
      return
    }
    session.output.line()
    session.output.line("hash key: \"\(ByteEscaping.escape(key.hashKey, all: session.escapesAll))\"")
    session.output.line()
    session.output.line("sort key: \"\(ByteEscaping.escape(key.sortKey, all: session.escapesAll))\"")
  }
}
