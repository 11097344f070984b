import JSON
import Bytes
import Copying
import EventLoop
import PegasusProtocol
import Terminal

/// The differing rows of a verify as lines of JSON: a heading with the version, one object per row, a summary.
///
/// Keys stand twice: readable, with escapes that the shell takes between double quotes, and as the hexadecimal digits of
/// the full key, for programs.
@LoopActor
final class VerifyReportFile {
  static let version: Int64 = 1
  private let path: String
  private let stream: OutputStream

  /// - Throws: `ShellError` when the file cannot be opened for writing
  init(path: String) throws(ShellError) {
    self.path = path
    do throws(OutputError) {
      stream = try OutputStream(path: path)
    } catch {
      throw ShellError(error.description, status: .couldNotTell)
    }
  }

  /// - Throws: `ShellError` when it cannot be written
  func write(_ result: VerifyResult, title: VerifyReport.Title, options: VerifyOptions) throws(ShellError) {
    do throws(OutputError) {
      try put(
        .object([
          "type": .string("verify"), "version": .integer(Self.version), "source": .string(title.source),
          "target": .string(title.target),
          "partitions": options.partitions.map { .array($0.map { .int($0) }) } ?? .null,
          "sample": .unsigned(options.sample), "no_ttl": .bool(options.ignoresExpiry),
          "ttl_tolerance": .integer(Int64(options.expiryTolerance)),
        ]))
      for finding in result.findings { try put(Self.json(finding)) }
      var members = [JSONMember("type", .string("summary"))]
      members += VerifyReport.members(result.snapshot)
      members.append(JSONMember("unlisted", .integer(result.unlisted)))
      try put(.object(members))
      try stream.flush()
    } catch {
      throw ShellError(error.description, status: .couldNotTell)
    }
  }

  private func put(_ value: JSONValue) throws(OutputError) {
    var line: [UInt8] = []
    value.append(to: &line)
    line.append(0x0A)
    try stream.write(bytes: line)
  }

  static func json(_ finding: VerifyFinding) -> JSONValue {
    var members = [
      JSONMember("type", .string("row")), JSONMember("sign", .string(String(finding.sign))),
      JSONMember("verdict", .string(finding.verdict.rawValue)),
      JSONMember("hash_key", .string(VerifyReport.escaped(finding.key.hashKey))),
      JSONMember("sort_key", .string(VerifyReport.escaped(finding.key.sortKey))),
      JSONMember("key_hex", .string(Hex.encode(finding.key.encoded))),
      JSONMember("source", json(finding.source)), JSONMember("target", json(finding.target)),
    ]
    if !finding.reason.isEmpty { members.append(JSONMember("reason", .string(finding.reason))) }
    return .object(members)
  }

  private static func json(_ look: RowLook?) -> JSONValue {
    guard let look else { return .null }
    return .object([
      "value_bytes": .integer(Int64(look.valueLength)),
      "value_crc64": .string(Hex.encode(withUnsafeBytes(of: look.valueChecksum.bigEndian) { Array($0) })),
      "expires_at": TTLEpoch.unixTime(look.expiry).map { .integer($0) } ?? .null,
    ])
  }
}
