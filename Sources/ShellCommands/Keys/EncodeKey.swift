import JSON
import Bytes
package import CommandLineKit
import EventLoop
import PegasusProtocol
import Terminal

/// `rdb_key_str2hex`
package struct EncodeKey: ShellCommand {
  package static let name = "rdb_key_str2hex"
  package static let summary = "show a full key as RocksDB stores it, in hexadecimal"
  package static let group = "Keys and values"
  package static let effect = CommandEffect.local
  package static let parameters: [Parameter<Self>] = KeyArguments.parameters.nested(in: \.words)
  package static let examples = [CommandExample("rdb_key_str2hex h1 s1", "prints \"000268317331\"")]

  package var words = KeyArguments()

  package init() {}

  @LoopActor
  package func run(in session: Session) async throws {
    let key = try words.key()
    let hex = Hex.encode(key.encoded).uppercased()
    if session.output.isJSON {
      session.output.json(["rdb_key_in_hex": .string("0x\(hex)")])
    } else {
      session.output.line("\"\(hex)\"")
    }
  }
}
