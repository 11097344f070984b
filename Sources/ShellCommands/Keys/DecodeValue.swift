import JSON
import Bytes
package import CommandLineKit
import EventLoop
import PegasusProtocol
import Terminal

/// `rdb_value_hex2str`
package struct DecodeValue: ShellCommand {
  package static let name = "rdb_value_hex2str"
  package static let summary = "show the expiry and the data of a stored value"
  package static let group = "Keys and values"
  package static let effect = CommandEffect.local
  package static let discussion = """
    Tables store values in version 0 (expiry and data), 1 (expiry, time tag and data; all of today's) or 2 (a byte 82 in \
    front). Which one it is shows in the bytes, unless -v says it.
    """
  package static let parameters: [Parameter<Self>] = [
    .argument(\.hex, "value_in_hex", help: "0x and hexadecimal digits"),
    .option(\.version, "-v", "--data_version", value: "0|1|2", help: "how the value is stored"),
  ]
  package static let examples = [CommandExample("rdb_value_hex2str 0x000000007631", "never expires; data \"v1\"")]

  package var hex = ""
  package var version: UInt8?

  package init() {}

  package func validate() throws(UsageError) {
    if let version, version > 2 { throw UsageError("data_version: 0, 1 or 2 is expected", kind: .invalidValue) }
  }

  @LoopActor
  package func run(in session: Session) async throws {
    let bytes = try HexArgument.bytes(hex)
    let header: ValueHeader
    let data: [UInt8]
    do {
      (header, data) = try Self.decode(bytes, version: version)
    } catch {
      throw ShellError("not a stored value: \(error)", status: .usage)
    }
    let expiry = TTLEpoch.unixTime(header.expiry)
    if session.output.isJSON {
      var object: JSONObject = [
        "data_version": .int(header.version.rawValue), "expire_unix_seconds": expiry.map { .integer($0) } ?? .null,
      ]
      object.add(bytes: data, as: "user_data")
      session.output.json(object)
      return
    }
    session.output.line()
    session.output.line("When to expire:")
    session.output.line("  " + (expiry.flatMap { Times.text(unixSeconds: $0) } ?? "never"))
    session.output.line("user_data:")
    session.output.line("  \"\(ByteEscaping.escape(data, all: session.escapesAll))\"")
  }

  static func decode(_ bytes: [UInt8], version: UInt8?) throws(ByteError) -> (ValueHeader, [UInt8]) {
    var wanted = version.flatMap { ValueHeader.Version(rawValue: $0) }
    if wanted == nil {
      var probe = ByteReader(bytes.span.bytes)
      // A time tag of version 1 has microseconds of this century in it; user data in its place hardly ever does.
      let header = bytes.count >= 12 ? try ValueHeader(decoding: &probe, tableVersion: .v1) : nil
      let century: Range<UInt64> = 1_400_000_000_000_000..<4_100_000_000_000_000
      wanted = header.map { century.contains($0.timeTag.microseconds) } == true ? .v1 : .v0
    }
    var reader = ByteReader(bytes.span.bytes)
    let header = try ValueHeader(decoding: &reader, tableVersion: wanted ?? .v1)
    let count = reader.remaining
    return (header, try reader.readArray(count))
  }
}
