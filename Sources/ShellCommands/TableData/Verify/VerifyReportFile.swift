import Bytes
import Copying
import EventLoop
import JSON
import PegasusProtocol

/// The differing rows of a verify as lines of JSON: a heading with the version, one object per row, a summary.
///
/// Keys stand twice: readable, with escapes that the shell takes between double quotes, and as the hexadecimal digits of
/// the full key, for programs. The heading names both tables so exactly that a repair can tell whether they are still
/// the same ones.
@LoopActor
final class VerifyReportFile {
  nonisolated static let version: Int64 = 1
  private let file: OutputFile

  /// - Throws: `ShellError` when the file cannot be opened for writing
  init(path: String) throws(ShellError) {
    do {
      file = try OutputFile(path: path)
    } catch {
      var problem = ShellError(error)
      problem.status = .couldNotTell
      throw problem
    }
  }

  /// - Throws: `ShellError` when it cannot be written
  func write(_ result: VerifyResult, plan: VerifyPlan) throws(ShellError) {
    do {
      var lines = [UInt8]()
      func put(_ value: JSONValue) throws {
        value.append(to: &lines)
        lines.append(0x0A)
        guard lines.count >= 1 << 16 else { return }
        try file.write(lines.span.bytes)
        lines.removeAll(keepingCapacity: true)
      }
      try put(Self.heading(plan))
      for finding in result.findings { try put(Self.json(finding)) }
      var members = [JSONMember("type", .string("summary"))]
      members += VerifyReport.members(result.snapshot)
      members.append(JSONMember("unlisted", .integer(result.unlisted)))
      try put(.object(members))
      try file.write(lines.span.bytes)
      try file.finish()
    } catch {
      var problem = ShellError(error)
      problem.status = .couldNotTell
      throw problem
    }
  }

  private static func heading(_ plan: VerifyPlan) -> JSONValue {
    let options = plan.options
    return .object([
      "type": .string("verify"), "version": .integer(version), "source": .string(plan.source.title),
      "target": .string(plan.target.title), "source_table": plan.source.json, "target_table": plan.target.json,
      "partitions": options.partitions.map { .array($0.map { .int($0) }) } ?? .null,
      "sample": .unsigned(options.sample), "no_ttl": .bool(options.ignoresExpiry),
      "ttl_tolerance": .integer(Int64(options.expiryTolerance)),
    ])
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
      "value_crc64": .string(Hex.encode(checksum: look.valueChecksum)),
      "expires_at": TTLEpoch.unixTime(look.expiry).map { .integer($0) } ?? .null,
    ])
  }
}
