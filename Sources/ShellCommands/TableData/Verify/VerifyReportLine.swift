import Bytes
import Copying
import JSON
import PegasusProtocol

/// What one line of a verify's report says.
enum VerifyReportLine: Sendable {
  case heading(VerifyReportHeading)
  case row(RepairFinding)
  /// Whether the verify read both tables to their ends, and how many differing keys are not listed.
  case summary(isComplete: Bool, unlisted: Int64)

  /// Why a line is none of these.
  struct Malformed: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// - Parameter number: of the line, from 1
  /// - Throws: `Malformed`
  init(_ bytes: [UInt8], number: Int64) throws(Malformed) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(bytes)
    } catch {
      throw Malformed(error.description)
    }
    switch json["type"]?.text {
    case "verify": self = .heading(try VerifyReportHeading(json))
    case "row": self = .row(try Self.finding(json, number))
    case "summary":
      guard case .bool(let isComplete) = json["complete"], case .integer(let unlisted) = json["unlisted"] else {
        throw Malformed("the summary does not say whether the verify was complete")
      }
      self = .summary(isComplete: isComplete, unlisted: unlisted)
    default: throw Malformed("its type is not one of a verify's report")
    }
  }

  private static func finding(_ json: JSONValue, _ number: Int64) throws(Malformed) -> RepairFinding {
    guard let digits = json["key_hex"]?.text, let bytes = Hex.decode(digits), let key = try? PegasusKey(encoded: bytes)
    else { throw Malformed("'key_hex' is not the key of a row") }
    let verdict: VerifyFinding.Verdict
    switch (json["sign"]?.text, json["verdict"]?.text.flatMap { VerifyFinding.Verdict(rawValue: $0) }) {
    case ("+", .missing?), ("+", nil): verdict = .missing
    case ("-", .extra?), ("-", nil): verdict = .extra
    case ("*", .different?), ("*", nil): verdict = .different
    case ("=", .expired?): verdict = .expired
    case ("=", .changedMeanwhile?), ("=", nil), ("!", .changedMeanwhile?): verdict = .changedMeanwhile
    case ("!", .unreadable?), ("!", nil): verdict = .unreadable
    case ("!", .unconfirmed?): verdict = .unconfirmed
    default: throw Malformed("'sign' and 'verdict' do not say what was found")
    }
    return RepairFinding(
      line: number, key: key, verdict: verdict, source: try look(json["source"]), target: try look(json["target"]),
      agrees: json["sign"]?.text == "=")
  }

  private static func look(_ json: JSONValue?) throws(Malformed) -> RowLook? {
    guard let json, json != .null else { return nil }
    guard case .integer(let length) = json["value_bytes"], length >= 0,
      let checksum = json["value_crc64"]?.text.flatMap({ Hex.checksum($0) })
    else { throw Malformed("'source' or 'target' does not say what the row held") }
    var expiry: UInt32 = 0
    if let time = json["expires_at"], time != .null {
      guard case .integer(let seconds) = time,
        let epoch = UInt32(exactly: seconds.subtractingReportingOverflow(TTLEpoch.unix).partialValue)
      else { throw Malformed("'expires_at' is no time of a row") }
      expiry = epoch
    }
    return RowLook(valueLength: Int(length), valueChecksum: checksum, expiry: expiry)
  }
}

/// The first line of a verify's report: what was compared with what, and how.
struct VerifyReportHeading: Sendable, Equatable {
  var source: TableIdentity
  var target: TableIdentity
  var expiry: ExpiryRule

  init(_ json: JSONValue) throws(VerifyReportLine.Malformed) {
    guard json["version"] == .integer(VerifyReportFile.version) else {
      throw VerifyReportLine.Malformed("this shell reads reports of version \(VerifyReportFile.version)")
    }
    guard let source = try? TableIdentity(json["source_table"]), let target = try? TableIdentity(json["target_table"])
    else { throw VerifyReportLine.Malformed("the heading does not name both tables") }
    guard case .bool(let isIgnored) = json["no_ttl"], case .integer(let seconds) = json["ttl_tolerance"],
      let tolerance = UInt32(exactly: seconds)
    else { throw VerifyReportLine.Malformed("the heading does not say how expiries were compared") }
    self.source = source
    self.target = target
    expiry = ExpiryRule(isIgnored: isIgnored, tolerance: tolerance)
  }
}
