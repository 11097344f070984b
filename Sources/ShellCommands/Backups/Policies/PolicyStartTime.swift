import CommandLineKit

/// When a policy begins its backups: `hh:mm`, and 24:00 for any time.
struct PolicyStartTime: ParameterValue, Equatable {
  static let anyTime = PolicyStartTime(text: "24:00")

  /// With two digits each, as servers keep it.
  let text: String

  static func parse(_ bytes: [UInt8]) throws(ParameterError) -> PolicyStartTime {
    let word = String(decoding: bytes, as: UTF8.self)
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24 && minute < 60 || hour == 24 && minute == 0
    else {
      throw ParameterError("invalid start time: \(word), should like this hour:minute")
    }
    return PolicyStartTime(text: (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  static var typeName: String { "hour:minute" }
  var defaultText: String? { text }
}
